/**
 * Where a run stands: what `trainer_state.json` keeps, and the sums of the log line to come.
 *
 * @module
 */
import type { LogEntry, TrainerStateFile } from "../io/trainer_state.ts";

/** Where in the data a run stands. */
export interface DataPosition {
  /** The epoch, from 0. */
  epoch: number;
  /** Optimizer steps of this epoch that are done. */
  index: number;
}

/** Losses that were read back and not logged yet. */
interface Pending {
  /** Sum of the losses of steps. */
  loss: number;
  /** How many steps. */
  steps: number;
  /** Sum of all losses of the run. */
  totalLoss: number;
  /** Steps of that sum. */
  totalSteps: number;
  /** The latest gradient norm. */
  gradientNorm: number;
  /** Steps that were skipped because a 16-bit gradient was not finite. */
  skippedSteps: number;
}

/** Key of what only this program keeps in the file. */
const KEY = "sentrain";

/** The best evaluation so far. */
export interface Best {
  /** Value of the metric. */
  readonly metric: number;
  /** Optimizer steps done then. */
  readonly step: number;
  /** Directory of its checkpoint, once there is one. */
  checkpoint: string | null;
}

/** What changes in the course of a run. */
export class TrainerState {
  /** Optimizer steps done. */
  globalStep = 0;
  /** Epochs done, fractions included. */
  epoch = 0;
  /** Tokens trained on. */
  tokensSeen = 0;
  /** Everything that was logged. */
  readonly logHistory: LogEntry[] = [];
  /** The best evaluation so far, or null. */
  best: Best | null = null;
  /** The next step's place in the data. */
  position: DataPosition = { epoch: 0, index: 0 };
  /** What callbacks remember, by their name. */
  callbackStates: Record<string, unknown> = {};
  #pending: Pending = {
    loss: 0,
    steps: 0,
    totalLoss: 0,
    totalSteps: 0,
    gradientNorm: 0,
    skippedSteps: 0,
  };

  /**
   * Goes on from a file.
   *
   * @param file The content of `trainer_state.json`.
   * @returns The state; its position is the start of the data where the file tells of none.
   */
  static fromFile(file: TrainerStateFile): TrainerState {
    const state = new TrainerState();
    state.globalStep = file.global_step;
    state.epoch = file.epoch ?? 0;
    state.tokensSeen = file.num_input_tokens_seen;
    state.logHistory.push(...file.log_history);
    if (file.best_metric !== null) {
      state.best = {
        metric: file.best_metric,
        step: file.best_global_step ?? 0,
        checkpoint: file.best_model_checkpoint,
      };
    }
    const { [KEY]: own = {}, ...callbacks } = file.stateful_callbacks;
    const { position, pending } = own as { position?: DataPosition; pending?: Pending };
    state.position = { ...state.position, ...position };
    state.#pending = { ...state.#pending, ...pending };
    state.callbackStates = callbacks;
    return state;
  }

  /** Mean loss of all steps so far. */
  get meanLoss(): number {
    return this.#pending.totalLoss / Math.max(1, this.#pending.totalSteps);
  }

  /** The gradient norm that was read back last. */
  get gradientNorm(): number {
    return this.#pending.gradientNorm;
  }

  /** Steps skipped so far, as far as they were read back. */
  get skippedSteps(): number {
    return this.#pending.skippedSteps;
  }

  /**
   * Takes in what was read back of a step.
   *
   * @param step Its loss, its gradient norm and the steps skipped so far.
   * @param filter Whether a loss that is not finite counts as the mean of the others.
   */
  addStep(
    { loss, gradientNorm, skippedSteps }: {
      loss: number;
      gradientNorm: number;
      skippedSteps: number;
    },
    filter: boolean,
  ): void {
    const pending = this.#pending;
    const counted = filter && !Number.isFinite(loss)
      ? pending.loss / Math.max(1, pending.steps)
      : loss;
    pending.loss += counted;
    pending.steps++;
    pending.totalLoss += counted;
    pending.totalSteps++;
    pending.gradientNorm = gradientNorm;
    pending.skippedSteps = skippedSteps;
  }

  /** Mean loss since the last call, or null when there was no step. */
  takeMeanLoss(): number | null {
    const { loss, steps } = this.#pending;
    this.#pending.loss = 0;
    this.#pending.steps = 0;
    return steps === 0 ? null : loss / steps;
  }

  /**
   * Adds an entry to the log.
   *
   * @param entry Its values; epoch and step are added.
   * @returns The whole entry.
   */
  log(entry: Readonly<Record<string, number>>): Record<string, number> {
    const whole = { ...entry, epoch: this.epoch, step: this.globalStep };
    this.logHistory.push(whole);
    return whole;
  }

  /**
   * The content of `trainer_state.json`.
   *
   * @internal
   * @param run What does not change: lengths and intervals.
   * @param identity What the run is made of, for comparison when it is resumed.
   * @returns The content.
   */
  toFile(
    run:
      & Pick<
        TrainerStateFile,
        "eval_steps" | "logging_steps" | "save_steps" | "max_steps" | "num_train_epochs"
      >
      & { train_batch_size: number },
    identity: Readonly<Record<string, unknown>> = {},
  ): TrainerStateFile {
    const own = { position: { ...this.position }, pending: { ...this.#pending }, identity };
    return {
      ...run,
      best_metric: this.best?.metric ?? null,
      best_global_step: this.best?.step ?? null,
      best_model_checkpoint: this.best?.checkpoint ?? null,
      epoch: this.epoch,
      global_step: this.globalStep,
      is_hyper_param_search: false,
      is_local_process_zero: true,
      is_world_process_zero: true,
      log_history: this.logHistory,
      num_input_tokens_seen: this.tokensSeen,
      stateful_callbacks: { ...this.callbackStates, [KEY]: own },
      total_flos: 0,
      trial_name: null,
      trial_params: null,
    };
  }
}

/**
 * Where a run stands: what `trainer_state.json` keeps, and the sums of the log line to come.
 *
 * @module
 */
import type { LogEntry, TrainerStateFile } from "../io/trainer_state.ts";
import {
  type DataPosition,
  encodeOwnState,
  parseOwnState,
  type PendingLosses,
} from "./own_state.ts";

export type { DataPosition };

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
  #pending: PendingLosses = {
    loss: 0,
    steps: 0,
    totalLoss: 0,
    totalSteps: 0,
    gradientNorm: 0,
    skippedSteps: 0,
    components: {},
  };

  /**
   * Goes on from a file.
   *
   * @param file The content of `trainer_state.json`.
   * @param source Where it comes from, for messages.
   * @returns The state; its position is the start of the data where the file tells of none.
   * @throws {InputError} If what this program keeps in it is damaged.
   */
  static fromFile(file: TrainerStateFile, source = "trainer_state.json"): TrainerState {
    const state = new TrainerState();
    state.globalStep = file.global_step;
    state.epoch = file.epoch ?? 0;
    state.tokensSeen = file.num_input_tokens_seen;
    // One by one: a long run has more entries than a call may have arguments.
    for (const entry of file.log_history) state.logHistory.push(entry);
    const { [KEY]: kept, ...callbacks } = file.stateful_callbacks;
    const own = parseOwnState(kept, source);
    const metric = own?.bestMetric ?? file.best_metric;
    if (metric !== null) {
      const [step, checkpoint] = [file.best_global_step ?? 0, file.best_model_checkpoint];
      state.best = { metric, step, checkpoint };
    }
    if (own !== null) {
      state.position = own.position;
      state.#pending = own.pending;
    }
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
   * @param step The losses of its batches, its gradient norm and the steps skipped so far.
   * @param filter Whether the loss of a batch that is not finite counts as the mean of the losses since
   *   the last entry of the log; source: `Trainer._maybe_log_save_evaluate` of transformers.
   */
  addStep(
    { losses, gradientNorm, skippedSteps }: {
      losses: readonly number[];
      gradientNorm: number;
      skippedSteps: number;
    },
    filter: boolean,
  ): void {
    const pending = this.#pending;
    const before = pending.loss;
    for (const loss of losses) {
      const isFiltered = filter && !Number.isFinite(loss);
      pending.loss += isFiltered ? pending.loss / (1 + pending.steps) : loss / losses.length;
    }
    pending.steps++;
    pending.totalLoss += pending.loss - before;
    pending.totalSteps++;
    pending.gradientNorm = gradientNorm;
    pending.skippedSteps = skippedSteps;
  }

  /** Takes in a component of a batch's loss. */
  addComponent(name: string, value: number): void {
    const [sum, count] = this.#pending.components[name] ?? [0, 0];
    this.#pending.components[name] = [sum + value, count + 1];
  }

  /** Means of the components of losses since the last call. */
  takeComponents(): Record<string, number> {
    const { components } = this.#pending;
    this.#pending.components = {};
    return Object.fromEntries(
      Object.entries(components).map(([name, [sum, count]]) => [name, sum / count]),
    );
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
    const bestMetric = this.best?.metric ?? null;
    const { position } = this;
    const own = encodeOwnState({ position, pending: this.#pending, bestMetric, identity });
    return {
      ...run,
      best_metric: Number.isFinite(bestMetric) ? bestMetric : null,
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

/**
 * What a run does between its steps: read back, log, evaluate, save.
 *
 * @module
 */
import type { OutputError } from "../errors.ts";
import type { Precision } from "../ops/tape.ts";
import { metricOf } from "./checkpointer.ts";
import type { EvaluationPlace } from "./callbacks/callback.ts";
import type { MemoryTracker } from "./memory_tracker.ts";
import { checkEqualParameters } from "./parallel/equal_parameters.ts";
import { checkEqualRuns } from "./parallel/equal_runs.ts";
import { runEvaluation } from "./run_evaluation.ts";
import type { RunEvents } from "./run_events.ts";
import type { RunLog } from "./run_log.ts";
import { type RunParts, trainingPrecision } from "./run_parts.ts";
import { RunRescue } from "./run_rescue.ts";
import type { RunSetup } from "./run_setup.ts";
import { trainedStores } from "./trained_stores.ts";
import { trainerCard } from "./trainer_card.ts";
import { TroubleReport } from "./trouble_report.ts";
import { withAdvice } from "./with_advice.ts";

/** What the duties of a run need of it. */
export interface DutyInputs {
  /** What the run works with. */
  readonly setup: RunSetup;
  /** What it is made of. */
  readonly parts: RunParts;
  /** Keeps losses, tells reporters. */
  readonly log: RunLog;
  /** Where the run stands; tells callbacks. */
  readonly events: RunEvents;
  /** Measures memory. */
  readonly memory: MemoryTracker;
}

/** Logs, evaluates and saves when callbacks have said so. */
export class RunDuties {
  /** What an evaluation found last, and after which step. */
  latest: { step: number; metrics: Readonly<Record<string, number>> } | null = null;
  /** Saves as well as can be done where something goes wrong. */
  readonly rescue: RunRescue;
  readonly #inputs: DutyInputs;
  readonly #trouble: TroubleReport;
  /** That of the last step that was read; null before the first. */
  #learningRate: number | null = null;

  /**
   * Nothing is done yet.
   *
   * @param inputs What they need of the run.
   */
  constructor(inputs: DutyInputs) {
    this.#inputs = inputs;
    this.rescue = new RunRescue(inputs);
    this.#trouble = new TroubleReport(inputs);
  }

  /**
   * Does what the control asks for.
   *
   * @param isOver Whether the run ends here.
   */
  async act(isOver: boolean): Promise<void> {
    const { log, events: { control } } = this.#inputs;
    const { shouldLog, shouldEvaluate, shouldSave } = control;
    if (shouldLog || shouldEvaluate || shouldSave || log.due || isOver) await this.read();
    // Each may ask for what comes after it.
    if (shouldLog) await this.#logLoss();
    if (control.shouldEvaluate) await this.#judge();
    if (control.shouldSave) await this.#save();
  }

  /** Takes in what the GPU has kept of the steps so far. */
  async read(): Promise<void> {
    const { setup: { args }, parts, log, events } = this.#inputs;
    const { schedule, learningRates, plan } = parts;
    if (log.unreadSteps === 0) return;
    this.#learningRate = await log.read(events.state, {
      learningRate: (updates) => learningRates[0] * schedule.factor(updates),
      totalSteps: plan.totalSteps,
      filter: args.loggingNanInfFilter,
    });
    await this.#trouble.tell();
  }

  /** The same at the end of the run. */
  async readLast(): Promise<void> {
    await this.read();
    await this.#trouble.tellLast();
  }

  /**
   * Measures the model now, and logs what was found.
   *
   * @param precision How the operands of linear layers are stored.
   * @returns Metrics with upstream's keys.
   */
  async evaluate(precision: Precision): Promise<Record<string, number>> {
    const { setup, parts, log, events, memory } = this.#inputs;
    using _span = setup.inputs.model.gpu.recorder.spans?.open("evaluate");
    const { state } = events;
    const goOn = log.speed.pause();
    log.message(`Running evaluation at step ${state.globalStep}`, "info");
    const meter = memory.begin("eval");
    const tell = events.onBatch();
    const onBatch = async (place: EvaluationPlace) => {
      await tell?.(place);
      await this.rescue.listen();
    };
    const onUnwritten = setup.inputs.onSaveFailure === "continue"
      ? ({ message }: OutputError) => log.message(`${message}; training goes on`)
      : undefined;
    const heed = () => this.rescue.heed();
    const metrics = await withAdvice(() =>
      runEvaluation(setup, parts, { state, precision, onBatch, onUnwritten, heed })
    );
    Object.assign(metrics, meter.end());
    this.latest = { step: state.globalStep, metrics };
    await events.write(metrics);
    await events.call("onEvaluate", { metrics });
    goOn();
    return metrics;
  }

  /** The model is another one than that which was evaluated last. */
  forget(): void {
    this.latest = null;
  }

  /** The text of the model card, as the run stands. */
  card(): string {
    const { setup, log, events } = this.#inputs;
    return trainerCard(setup, events.state, log.speed.seconds);
  }

  /**
   * The last entry of the log.
   *
   * @param seconds How long the training took.
   * @param steps Optimizer steps done in it.
   * @returns Its values, with upstream's keys.
   */
  summary(seconds: number, steps: number): Record<string, number> {
    const { setup: { args }, log: { speed: { rows, tokens } }, events: { state } } = this.#inputs;
    return {
      train_runtime: seconds,
      train_samples_per_second: rows / seconds,
      train_steps_per_second: steps / seconds,
      ...(args.includeTokensPerSecond && { train_tokens_per_second: tokens / seconds }),
      total_flos: 0,
      train_loss: state.meanLoss,
    };
  }

  /** Writes `trainer_state.json` of the output directory, which makes up for no checkpoint. */
  async saveState(): Promise<void> {
    const { rescue } = this;
    const { parts: { checkpointer }, events: { state } } = this.#inputs;
    const { failure } = rescue;
    await rescue.attempt(() => checkpointer.writeState(state));
    rescue.failure = failure ?? rescue.failure;
  }

  async #logLoss(): Promise<void> {
    const { events } = this.#inputs;
    const { state } = events;
    const { gradientNorm } = state;
    const loss = state.takeMeanLoss();
    events.control.shouldLog = false;
    if (loss === null) return;
    await events.write({
      loss,
      ...state.takeComponents(),
      grad_norm: gradientNorm,
      learning_rate: this.#learningRate ?? this.#lastRate(),
    });
  }

  /** A run that goes on from a checkpoint may have to log steps of the run before it. */
  #lastRate(): number {
    const { parts: { schedule, learningRates }, events: { state } } = this.#inputs;
    const updates = state.globalStep - 1 - state.skippedSteps;
    return learningRates[0] * schedule.factor(Math.max(0, updates));
  }

  /** Evaluates, and remembers what is better than all before it. */
  async #judge(): Promise<void> {
    const { setup: { args }, parts: { schedule, checkpointer }, events } = this.#inputs;
    const metrics = await this.evaluate(trainingPrecision(args));
    if (schedule.followsMetric) schedule.observe(metricOf(metrics, args.metricForBestModel!));
    const isBest = checkpointer.noteBest(events.state, metrics);
    if (args.saveStrategy === "best") events.control.shouldSave = isBest;
  }

  /**
   * Leaves a checkpoint before the run ends with an error, where one can be made.
   *
   * @param error What was thrown.
   * @returns What to throw; it tells where the checkpoint lies.
   */
  async saveBefore(error: unknown): Promise<unknown> {
    return await this.rescue.before(error, async () => {
      await this.read();
      this.#inputs.events.keepStates();
      await this.#write();
    });
  }

  async #save(): Promise<void> {
    const { setup, log, events } = this.#inputs;
    using _span = setup.inputs.model.gpu.recorder.spans?.open("save");
    const { state, control } = events;
    const goOn = log.speed.pause();
    // A run that goes on from the checkpoint must not write it again.
    control.shouldSave = false;
    events.keepStates();
    log.message(`Saving model checkpoint of step ${state.globalStep}`, "info");
    const isSaved = await this.rescue.attempt(() => this.#write());
    if (isSaved) await events.call("onSave");
    goOn();
  }

  async #write(): Promise<void> {
    const { parts: { checkpointer }, events: { state } } = this.#inputs;
    await this.compareRanks();
    await checkpointer.save(state, this.card());
  }

  /** Makes sure that all ranks, where there are several, are at the same run with the same parameters. */
  async compareRanks(): Promise<void> {
    const { setup: { group, inputs: { model }, lossStores }, parts, events: { state } } =
      this.#inputs;
    if (group === null) return;
    await checkEqualRuns(group, parts.identity, parts.plan.totalSteps);
    await checkEqualParameters(group, trainedStores(model, lossStores), state.globalStep);
  }
}

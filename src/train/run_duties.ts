/**
 * What a run does between its steps: read back, log, evaluate, save.
 *
 * @module
 */
import type { Precision } from "../ops/tape.ts";
import { metricOf } from "./checkpointer.ts";
import type { MemoryTracker } from "./memory_tracker.ts";
import { runEvaluation } from "./run_evaluation.ts";
import type { RunEvents } from "./run_events.ts";
import type { RunLog } from "./run_log.ts";
import { type RunParts, trainingPrecision } from "./run_parts.ts";
import type { RunSetup } from "./run_setup.ts";
import { trainerCard } from "./trainer_card.ts";
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
  readonly #inputs: DutyInputs;
  #learningRate = 0;

  /**
   * Nothing is done yet.
   *
   * @param inputs What they need of the run.
   */
  constructor(inputs: DutyInputs) {
    this.#inputs = inputs;
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
  }

  /**
   * Measures the model now, and logs what was found.
   *
   * @param precision How the operands of linear layers are stored.
   * @returns Metrics with upstream's keys.
   */
  async evaluate(precision: Precision): Promise<Record<string, number>> {
    const { setup, parts, log, events, memory } = this.#inputs;
    const { state } = events;
    const goOn = log.speed.pause();
    log.message(`Running evaluation at step ${state.globalStep}`, "info");
    const meter = memory.begin("eval");
    const onBatch = events.onBatch();
    const metrics = await withAdvice(() =>
      runEvaluation(setup, parts, { state, precision, onBatch })
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
      learning_rate: this.#learningRate,
    });
  }

  /** Evaluates, and remembers what is better than all before it. */
  async #judge(): Promise<void> {
    const { setup: { args }, parts: { schedule, checkpointer }, events } = this.#inputs;
    const metrics = await this.evaluate(trainingPrecision(args));
    if (schedule.followsMetric) schedule.observe(metricOf(metrics, args.metricForBestModel!));
    const isBest = checkpointer.noteBest(events.state, metrics);
    if (args.saveStrategy === "best") events.control.shouldSave = isBest;
  }

  async #save(): Promise<void> {
    const { parts: { checkpointer }, log, events } = this.#inputs;
    const { state, control } = events;
    const goOn = log.speed.pause();
    // A run that goes on from the checkpoint must not write it again.
    control.shouldSave = false;
    events.keepStates();
    log.message(`Saving model checkpoint of step ${state.globalStep}`, "info");
    await checkpointer.save(state, this.card());
    await events.call("onSave");
    goOn();
  }
}

/**
 * The loop: epochs and steps in the order of transformers' Trainer.
 *
 * @module
 */
import { basename } from "@std/path";
import { checkpointName } from "../io/checkpoint.ts";
import type { OutputLock } from "../io/output_lock.ts";
import type { Precision } from "../ops/tape.ts";
import type { CallbackMoment } from "./callbacks/callback.ts";
import type { CallbackHandler } from "./callbacks/callback_handler.ts";
import { metricOf } from "./checkpointer.ts";
import { MemoryTracker } from "./memory_tracker.ts";
import { rankReporters } from "./parallel/rank_reporters.ts";
import { RunDuties } from "./run_duties.ts";
import { RunEvents } from "./run_events.ts";
import { RunLog } from "./run_log.ts";
import { assembleRun, releaseParts, type RunParts } from "./run_parts.ts";
import type { RunPlan } from "./run_plan.ts";
import type { RunSetup } from "./run_setup.ts";
import { runStep, tapeOptions } from "./run_step.ts";
import type { TrainerState } from "./state.ts";
import type { StepPlace } from "./timeline.ts";
import type { TrainOutput } from "./trainer_inputs.ts";
import type { TrainStepHooks } from "./train_step.ts";
import { tellMemory } from "./tell_memory.ts";
import { verifyDeterminism } from "./verify_determinism.ts";

/** One course of training with a given number of rows a batch. */
export class TrainingRun {
  readonly #setup: RunSetup;
  readonly #parts: RunParts;
  readonly #log: RunLog;
  readonly #events: RunEvents;
  readonly #duties: RunDuties;
  readonly #memory: MemoryTracker;
  readonly #initMemory: Readonly<Record<string, number>>;
  #hasTrained = false;
  /** Whether the run goes on within an epoch. */
  #isWithinEpoch = false;

  /**
   * Allocates what training needs.
   *
   * @param setup What the run works with.
   * @param options Rows of a batch, and the callbacks.
   */
  constructor(
    setup: RunSetup,
    { batchSize, handler }: { batchSize: number; handler: CallbackHandler },
  ) {
    const { args, inputs: { model, reporters = [] } } = setup;
    this.#setup = setup;
    this.#memory = new MemoryTracker(model.gpu, !args.skipMemoryMetrics);
    const memory = this.#memory.begin("init");
    const parts = this.#parts = assembleRun(setup, batchSize);
    const log = this.#log = new RunLog(model.gpu, rankReporters(args, reporters), {
      batches: parts.timeline.mostBatches,
      components: parts.components,
      level: args.getProcessLogLevel(),
    });
    const events = this.#events = new RunEvents(setup, { plan: parts.plan, handler, log });
    this.#duties = new RunDuties({ setup, parts, log, events, memory: this.#memory });
    this.#initMemory = memory.end();
  }

  /** Where the run stands. */
  get state(): TrainerState {
    return this.#events.state;
  }

  /** Lengths and intervals of the run, in optimizer steps. */
  get plan(): RunPlan {
    return this.#parts.plan;
  }

  /** Rows of a batch. */
  get batchSize(): number {
    return this.#parts.batchSize;
  }

  /** Whether training was tried. */
  get hasTrained(): boolean {
    return this.#hasTrained;
  }

  /** What an evaluation found last, and after which step. */
  get latest(): RunDuties["latest"] {
    return this.#duties.latest;
  }

  /** Why the last checkpoint could not be written; null where it was. */
  get saveFailure(): TrainOutput["saveFailure"] {
    return this.#duties.rescue.failure;
  }

  /** The newest checkpoint that this run wrote or went on from; null where there is none. */
  get savedPath(): string | null {
    return this.#parts.checkpointer.savedPath;
  }

  /** Shows a line to whoever watches the run. */
  message(line: string): void {
    this.#log.message(line);
  }

  /** Calls callbacks. */
  async call(moment: CallbackMoment): Promise<void> {
    await this.#events.call(moment);
  }

  /**
   * Goes on from a checkpoint.
   *
   * @param path Its directory.
   * @throws {InputError} If it is damaged, or was made with another configuration.
   */
  async resume(path: string): Promise<void> {
    const { state, notes } = await this.#parts.checkpointer.resume(path);
    this.#events.state = state;
    this.#events.restoreStates();
    if (this.#setup.args.ignoreDataSkip) state.position.index = 0;
    this.#isWithinEpoch = state.position.index > 0;
    this.message(`Resumed at step ${state.globalStep}`);
    for (const note of notes) this.message(note);
  }

  /**
   * Trains to the end.
   *
   * @param lock Holds the output directory; it is made sure of before each checkpoint. Default: none.
   * @returns The last entry of the log: `train_runtime` and the like.
   * @throws {DeviceError} If the device failed.
   * @throws {OutputError} If a checkpoint cannot be written.
   * @throws {Interruption} If it was asked to stop.
   */
  async train(lock: OutputLock | null = null): Promise<Record<string, number>> {
    const { args, inputs, trainDatasets } = this.#setup;
    // What was found before training has the names of what will be found in it.
    const { latest } = this;
    if (latest !== null && args.metricForBestModel !== null) {
      metricOf(latest.metrics, args.metricForBestModel);
    }
    const startStep = this.state.globalStep;
    this.#hasTrained = true;
    const started = performance.now();
    const memory = this.#memory.begin("train");
    const place = { startStep, batchSize: this.#parts.globalBatchSize };
    this.#log.start(inputs, args, this.plan, trainDatasets.length, place);
    const { rescue } = this.#duties;
    rescue.lock = lock;
    try {
      await this.#duties.compareRanks();
      if (args.fullDeterminism) await this.#verify();
      await tellMemory(this.#setup, this.#parts, this.#log);
      rescue.isBetweenSteps = true;
      await this.call("onTrainBegin");
      // The run before this one may have ended in an evaluation.
      if (this.#events.control.shouldEvaluate) await this.#duties.act(this.#stops());
      while (!this.#isOver()) {
        await this.#epoch();
        memory.sample();
      }
      // A callback may have ended the last epoch before anything was due.
      await this.#duties.readLast();
      rescue.isBetweenSteps = false;
      if (args.loadBestModelAtEnd) await this.#restoreBest();
      const seconds = (performance.now() - started) / 1000;
      const metrics = await this.#events.write({
        ...this.#duties.summary(seconds, this.state.globalStep - startStep),
        ...this.#initMemory,
        ...memory.end(),
      });
      await this.call("onTrainEnd");
      await this.#duties.saveState();
      return metrics;
    } catch (error) {
      throw await this.#duties.saveBefore(await inputs.model.gpu.explained(error));
    } finally {
      await this.rest();
      this.#log.tell((reporter) => reporter.finish?.());
    }
  }

  /**
   * Measures the model now, and logs what was found.
   *
   * @param precision How the operands of linear layers are stored.
   * @returns Metrics with upstream's keys.
   */
  async evaluate(precision: Precision): Promise<Record<string, number>> {
    return await this.#duties.evaluate(precision);
  }

  /** Ends the workers; a later call starts others. */
  async rest(): Promise<void> {
    await this.#parts.source.close();
  }

  /** Writes `trainer_state.json` of the output directory. */
  async saveState(): Promise<void> {
    await this.#parts.checkpointer.writeState(this.state);
  }

  /** The text of the model card, as the run stands. */
  card(): string {
    return this.#duties.card();
  }

  /** Frees what training took; the model stays. */
  async destroy(): Promise<void> {
    // What is recorded uses buffers that are about to go.
    this.#setup.inputs.model.gpu.recorder.submit();
    await releaseParts(this.#parts);
    this.#log.destroy();
  }

  #isOver(): boolean {
    return this.#stops() || this.state.position.epoch >= Math.ceil(this.plan.epochs);
  }

  #stops(): boolean {
    return this.#events.control.shouldTrainingStop ||
      this.state.globalStep >= this.plan.totalSteps;
  }

  async #epoch(): Promise<void> {
    const { position } = this.state;
    const { control } = this.#events;
    const steps = this.#parts.timeline.stepsIn(position.epoch);
    // An epoch that a callback had ended when the checkpoint was written stays so.
    const isEnded = this.#isWithinEpoch && control.shouldEpochStop;
    this.#isWithinEpoch = false;
    await this.call("onEpochBegin");
    control.shouldEpochStop ||= isEnded;
    while (position.index < steps && !control.shouldEpochStop && !this.#stops()) {
      this.#duties.rescue.heed();
      await this.#step({ ...position, steps });
    }
    // A checkpoint that is written now must not end this epoch again.
    position.epoch++;
    position.index = 0;
    await this.call("onEpochEnd");
    await this.#duties.act(this.#stops());
  }

  async #step(place: StepPlace): Promise<void> {
    const { state } = this;
    const { source, watch } = this.#parts;
    await this.call("onStepBegin");
    using _span = this.#setup.inputs.model.gpu.recorder.spans?.open("step");
    const batches = await source.step(place);
    this.#duties.rescue.isBetweenSteps = false;
    const { rows, tokens } = await runStep(this.#setup, this.#parts, {
      state,
      log: this.#log,
      batches,
      hooks: this.#hooks(),
    });
    state.tokensSeen += tokens;
    this.#log.speed.add(rows, tokens);
    state.globalStep++;
    state.position.index++;
    state.epoch = place.epoch + (place.index + 1) / place.steps;
    await watch?.check(state.globalStep);
    this.#duties.rescue.isBetweenSteps = true;
    await this.call("onStepEnd");
    await this.#duties.act(this.#stops());
  }

  #hooks(): TrainStepHooks {
    const hooks = this.#events.hooks();
    const { watch } = this.#parts;
    if (watch === null) return hooks;
    return {
      ...hooks,
      substepEnd: async () => {
        await watch.check(this.state.globalStep + 1);
        await hooks.substepEnd?.();
      },
    };
  }

  async #restoreBest(): Promise<void> {
    const { loaded, note } = await this.#parts.checkpointer.restoreBest(this.state);
    if (note !== null) this.message(note);
    const isOther = loaded !== null && basename(loaded) !== checkpointName(this.state.globalStep);
    if (isOther) this.#duties.forget();
  }

  async #verify(): Promise<void> {
    const { timeline, source } = this.#parts;
    const { position } = this.state;
    const steps = timeline.stepsIn(position.epoch);
    const index = Math.min(position.index, steps - 1);
    const [first] = await source.step({ ...position, index, steps });
    const tape = tapeOptions(this.#setup, this.#parts);
    await verifyDeterminism(this.#setup.models, first, tape);
  }
}

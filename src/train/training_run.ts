/**
 * The loop: epochs, steps, logs, evaluations and checkpoints in the order of transformers' Trainer.
 *
 * @module
 */
import type { Precision } from "../ops/tape.ts";
import type { CallbackMoment } from "./callbacks/callback.ts";
import type { CallbackHandler } from "./callbacks/callback_handler.ts";
import { metricOf } from "./checkpointer.ts";
import { MemoryTracker } from "./memory_tracker.ts";
import { runEvaluation } from "./run_evaluation.ts";
import { RunEvents } from "./run_events.ts";
import { RunLog } from "./run_log.ts";
import { assembleRun, releaseParts, type RunParts, trainingPrecision } from "./run_parts.ts";
import type { RunPlan } from "./run_plan.ts";
import type { RunSetup } from "./run_setup.ts";
import { runStep, tapeOptions } from "./run_step.ts";
import type { TrainerState } from "./state.ts";
import type { StepPlace } from "./timeline.ts";
import { trainerCard } from "./trainer_card.ts";
import { verifyDeterminism } from "./verify_determinism.ts";

/** One course of training with a given number of rows a batch. */
export class TrainingRun {
  /** What an evaluation found last, and after which step. */
  latest: { step: number; metrics: Readonly<Record<string, number>> } | null = null;
  readonly #setup: RunSetup;
  readonly #parts: RunParts;
  readonly #log: RunLog;
  readonly #events: RunEvents;
  readonly #memory: MemoryTracker;
  #learningRate = 0;

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
    this.#parts = assembleRun(setup, batchSize);
    this.#log = new RunLog(model.gpu, reporters, {
      batches: args.gradientAccumulationSteps,
      level: args.getProcessLogLevel(),
    });
    this.#events = new RunEvents(setup, { plan: this.plan, handler, log: this.#log });
    this.#memory = new MemoryTracker(model.gpu, !args.skipMemoryMetrics);
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
    this.#events.state = await this.#parts.checkpointer.resume(path);
    this.#events.restoreStates();
    if (this.#setup.args.ignoreDataSkip) this.state.position.index = 0;
    this.message(`Resumed at step ${this.state.globalStep}`);
  }

  /**
   * Trains to the end.
   *
   * @returns The last entry of the log: `train_runtime` and the like.
   * @throws {DeviceError} If the device failed.
   * @throws {OutputError} If a checkpoint cannot be written.
   */
  async train(): Promise<Record<string, number>> {
    const { args, inputs, trainDatasets } = this.#setup;
    const startStep = this.state.globalStep;
    const started = performance.now();
    const memory = this.#memory.begin("train");
    const place = { startStep, batchSize: this.batchSize };
    this.#log.start(inputs, args, this.plan, trainDatasets.length, place);
    try {
      if (args.fullDeterminism) await this.#verify();
      await this.call("onTrainBegin");
      while (!this.#isOver()) {
        await this.#epoch();
        memory.sample();
      }
      if (args.loadBestModelAtEnd) await this.#parts.checkpointer.restoreBest(this.state);
      const seconds = (performance.now() - started) / 1000;
      const metrics = await this.#events.write({
        ...this.#summary(seconds, this.state.globalStep - startStep),
        ...memory.end(),
      });
      await this.call("onTrainEnd");
      await this.saveState();
      return metrics;
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
    const { state } = this;
    const goOn = this.#log.speed.pause();
    this.#log.message(`Running evaluation at step ${state.globalStep}`, "info");
    const memory = this.#memory.begin("eval");
    const onBatch = this.#events.onBatch();
    const metrics = await runEvaluation(this.#setup, this.#parts, { state, precision, onBatch });
    Object.assign(metrics, memory.end());
    this.latest = { step: state.globalStep, metrics };
    await this.#events.write(metrics);
    await this.#events.call("onEvaluate", { metrics });
    goOn();
    return metrics;
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
    return trainerCard(this.#setup, this.state, this.#log.speed.seconds);
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
    await this.call("onEpochBegin");
    while (position.index < steps && !control.shouldEpochStop && !this.#stops()) {
      await this.#step({ ...position, steps });
    }
    // A checkpoint that is written now must not end this epoch again.
    position.epoch++;
    position.index = 0;
    await this.call("onEpochEnd");
    await this.#logEvaluateSave();
  }

  async #step(place: StepPlace): Promise<void> {
    const { state } = this;
    const { source, watch } = this.#parts;
    await this.call("onStepBegin");
    const batches = await source.step(place);
    await runStep(this.#setup, this.#parts, {
      state,
      log: this.#log,
      batches,
      hooks: this.#events.hooks(),
    });
    for (const { batch: { ids, columns } } of batches) {
      state.tokensSeen += ids.length;
      this.#log.speed.add(columns[0].count, ids.length);
    }
    state.globalStep++;
    state.position.index++;
    state.epoch = place.epoch + (place.index + 1) / place.steps;
    await watch?.check(state.globalStep);
    await this.call("onStepEnd");
    await this.#logEvaluateSave();
  }

  async #logEvaluateSave(): Promise<void> {
    const { control } = this.#events;
    const { shouldLog, shouldEvaluate, shouldSave } = control;
    if (shouldLog || shouldEvaluate || shouldSave || this.#log.due || this.#stops()) {
      await this.#read();
    }
    if (shouldLog) await this.#logLoss();
    if (shouldEvaluate) await this.#judge();
    if (control.shouldSave) await this.#save();
  }

  async #read(): Promise<void> {
    const { schedule, learningRates, plan } = this.#parts;
    if (this.#log.unreadSteps === 0) return;
    this.#learningRate = await this.#log.read(this.state, {
      learningRate: (updates) => learningRates[0] * schedule.factor(updates),
      totalSteps: plan.totalSteps,
      filter: this.#setup.args.loggingNanInfFilter,
    });
  }

  async #logLoss(): Promise<void> {
    const { gradientNorm } = this.state;
    const loss = this.state.takeMeanLoss();
    this.#events.control.shouldLog = false;
    if (loss === null) return;
    await this.#events.write({
      loss,
      grad_norm: gradientNorm,
      learning_rate: this.#learningRate,
    });
  }

  /** Evaluates, and remembers what is better than all before it. */
  async #judge(): Promise<void> {
    const { args } = this.#setup;
    const { schedule, checkpointer } = this.#parts;
    const metrics = await this.evaluate(trainingPrecision(args));
    if (schedule.followsMetric) schedule.observe(metricOf(metrics, args.metricForBestModel!));
    const isBest = checkpointer.noteBest(this.state, metrics);
    if (args.saveStrategy === "best") this.#events.control.shouldSave = isBest;
  }

  async #save(): Promise<void> {
    const goOn = this.#log.speed.pause();
    this.#events.keepStates();
    const { checkpointer } = this.#parts;
    this.#log.message(`Saving model checkpoint of step ${this.state.globalStep}`, "info");
    await checkpointer.save(this.state, this.card());
    await this.call("onSave");
    goOn();
  }

  #summary(seconds: number, steps: number): Record<string, number> {
    const { rows, tokens } = this.#log.speed;
    return {
      train_runtime: seconds,
      train_samples_per_second: rows / seconds,
      train_steps_per_second: steps / seconds,
      ...(this.#setup.args.includeTokensPerSecond && { train_tokens_per_second: tokens / seconds }),
      total_flos: 0,
      train_loss: this.state.meanLoss,
    };
  }

  async #verify(): Promise<void> {
    const { timeline, source } = this.#parts;
    const { position } = this.state;
    const steps = timeline.stepsIn(position.epoch);
    const index = Math.min(position.index, steps - 1);
    const [first] = await source.step({ ...position, index, steps });
    const tape = tapeOptions(this.#setup, this.#parts);
    await verifyDeterminism(this.#setup.inputs.model, first, tape);
  }
}

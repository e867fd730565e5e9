/**
 * What a run tells: losses read back late, log entries, progress, to every reporter.
 *
 * @module
 */
import type { Gpu } from "../gpu/device.ts";
import { ScalarLog } from "../gpu/readback.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { host } from "../host/host.ts";
import type { Reporter } from "../reporters/reporter.ts";
import type { SentenceTransformerTrainingArguments } from "./arguments/sentence_transformer_training_arguments.ts";
import type { RunPlan } from "./run_plan.ts";
import { Speedometer } from "./speedometer.ts";
import { StepTrouble } from "./step_trouble.ts";
import type { TrainerState } from "./state.ts";
import type { TrainerInputs } from "./trainer_inputs.ts";

/** Severities as Python's logging numbers them. */
const LEVELS = { info: 20, warning: 30 } as const;

/** Loss, gradient norm and skipped steps. */
const FIXED = 3;

/** Seconds between two readbacks of losses: a wait costs about 11 ms. */
const READ_INTERVAL = 0.5;

/** The log of one run. */
export class RunLog {
  /** Counts rows and seconds. */
  readonly speed = new Speedometer();
  /** What went wrong in the steps that were read. */
  readonly trouble = new StepTrouble();
  readonly #gpu: Gpu;
  #reporters: readonly Reporter[];
  readonly #scalars: ScalarLog;
  readonly #capacity: number;
  readonly #level: number;
  readonly #components: number;
  /** Names of the components of every batch that was pushed. */
  #names: (readonly string[])[] = [];
  readonly #batches: number;
  #stepsPushed = 0;

  /**
   * An empty log.
   *
   * @param gpu The device.
   * @param reporters Receive what is logged.
   * @param options The most batches of a step, the most components of a loss (default: 0), and the
   *   least severity that is shown (default: 30, warnings).
   */
  constructor(
    gpu: Gpu,
    reporters: readonly Reporter[],
    { batches, components = 0, level = LEVELS.warning }: {
      batches: number;
      components?: number;
      level?: number;
    },
  ) {
    this.#level = level;
    this.#gpu = gpu;
    this.#reporters = reporters;
    this.#capacity = Math.max(64, 2 * batches);
    this.#scalars = new ScalarLog(gpu.device, gpu.recorder, FIXED + components, this.#capacity);
    this.#components = components;
    this.#batches = batches;
  }

  /**
   * Tells every reporter that the run begins.
   *
   * @param inputs The model and its name.
   * @param args How it trains.
   * @param plan Lengths.
   * @param examples Rows of training data.
   * @param place Steps done before, and rows of a batch.
   */
  start(
    { model, modelName = "model" }: Pick<TrainerInputs, "model" | "modelName">,
    args: SentenceTransformerTrainingArguments,
    { epochs, totalSteps }: RunPlan,
    examples: number,
    { startStep, batchSize }: { startStep: number; batchSize: number },
  ): void {
    const facts = {
      model: modelName,
      device: model.gpu.info.description,
      parameters: (model.adapter?.store ?? model.store).size,
      examples,
      batchSize: batchSize * args.gradientAccumulationSteps,
      epochs,
      totalSteps,
      startStep,
      runName: args.runName ?? args.outputDir,
      arguments: args.toDict(),
      modelConfig: model.config,
    };
    this.tell((reporter) => reporter.start?.(facts));
    this.speed.start();
  }

  /**
   * Tells every reporter. One that throws is told nothing more, and the others are told why: no run is
   * lost for what only watches it.
   *
   * @param tell Tells one; where it returns a promise, nobody waits, and one that is rejected counts as
   *   thrown.
   */
  tell(tell: (reporter: Reporter) => unknown): void {
    for (const reporter of this.#reporters) {
      try {
        const told = tell(reporter);
        if (told instanceof Promise) told.catch((error) => this.#drop(reporter, error));
      } catch (error) {
        this.#drop(reporter, error);
      }
    }
  }

  #drop(reporter: Reporter, error: unknown): void {
    const rest = this.#reporters.filter((other) => other !== reporter);
    if (rest.length === this.#reporters.length) return;
    this.#reporters = rest;
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const name = reporter.constructor?.name ?? "Object";
    const line = `Reporter ${name} failed and is told nothing more (${reason}); training goes on`;
    if (rest.length > 0) this.message(line);
    else console.error(`Warning: ${line}`);
  }

  /** Steps that were pushed and not read. */
  get unreadSteps(): number {
    return this.#stepsPushed;
  }

  /**
   * Keeps the loss of a batch and, with the last batch of a step, what is known of the step.
   *
   * @param step The step's number.
   * @param loss The loss of the batch, and its components with their names.
   * @param whole With the last batch: the gradient's norm, and the steps skipped so far.
   */
  push(
    step: number,
    loss: { value: Tensor; components: readonly Tensor[]; names: readonly string[] },
    whole: { norm: Tensor; skipped: Tensor } | null,
  ): void {
    const none = this.#gpu.constant(0);
    const { value, components, names } = loss;
    const padding = Array.from({ length: this.#components - components.length }, () => none);
    const known = [value, whole?.norm ?? none, whole?.skipped ?? none];
    this.#scalars.push(step, [...known, ...components, ...padding]);
    this.#names.push(names);
    if (whole !== null) this.#stepsPushed++;
  }

  /** Whether it is time to read what was pushed. */
  get due(): boolean {
    return this.speed.sinceRead() >= READ_INTERVAL ||
      this.#scalars.length + this.#batches > this.#capacity;
  }

  /**
   * Waits for the GPU, takes in what was pushed and reports progress.
   *
   * @param state Where the run stands.
   * @param run The learning rate after a number of updates, steps of the run, and whether losses that
   *   are not finite are left out.
   * @returns The learning rate of the last step.
   * @throws {DeviceError} If the device failed.
   */
  async read(
    state: TrainerState,
    run: { learningRate: (updates: number) => number; totalSteps: number; filter: boolean },
  ): Promise<number> {
    const entries = await this.#scalars.drain();
    this.#gpu.check();
    const steps = Map.groupBy(entries, ({ step }) => step);
    const names = this.#names.splice(0);
    entries.forEach(({ values }, i) =>
      names[i].forEach((name, j) => state.addComponent(name, values[FIXED + j]))
    );
    this.#stepsPushed = 0;
    let loss: number | null = null;
    let skippedBefore = state.skippedSteps;
    for (const [step, batches] of steps) {
      const losses = batches.map(({ values }) => values[0]);
      loss = losses.reduce((sum, value) => sum + value, 0) / losses.length;
      const [, gradientNorm, skippedSteps] = batches[batches.length - 1].values;
      skippedBefore = state.skippedSteps;
      const isSkipped = skippedSteps > skippedBefore;
      this.trouble.add(step, { losses, gradientNorm, isSkipped });
      state.addStep({ losses, gradientNorm, skippedSteps }, run.filter);
    }
    this.speed.read();
    const { globalStep: step, epoch, gradientNorm } = state;
    const { totalSteps } = run;
    const learningRate = run.learningRate(Math.max(0, step - 1 - skippedBefore));
    const progress = {
      ...{ step, totalSteps, epoch, loss, gradientNorm, learningRate },
      ...this.speed.rates(totalSteps - step),
      hostBytes: host().process.memory(),
      deviceBytes: this.#gpu.pool.counters.held,
    };
    this.tell((reporter) => reporter.progress?.(progress));
    return learningRate;
  }

  /** Tells every reporter of an entry. */
  write(entry: Readonly<Record<string, number>>): void {
    this.tell((reporter) => reporter.log?.(entry));
  }

  /**
   * Shows a line to whoever watches the run.
   *
   * @param line The line.
   * @param level Its severity. Default: a warning.
   */
  message(line: string, level: "info" | "warning" = "warning"): void {
    if (LEVELS[level] >= this.#level) this.tell((reporter) => reporter.message?.(line));
  }

  /** Frees the staging buffer. */
  destroy(): void {
    this.#scalars.destroy();
  }
}

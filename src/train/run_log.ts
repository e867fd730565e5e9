/**
 * What a run tells: losses read back late, log entries, progress, to every reporter.
 *
 * @module
 */
import type { Gpu } from "../gpu/device.ts";
import { ScalarLog } from "../gpu/readback.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { Reporter } from "../reporters/reporter.ts";
import type { SentenceTransformerTrainingArguments } from "./arguments/sentence_transformer_training_arguments.ts";
import type { RunPlan } from "./run_plan.ts";
import { Speedometer } from "./speedometer.ts";
import type { TrainerState } from "./state.ts";
import type { TrainerInputs } from "./trainer_inputs.ts";

/** Seconds between two readbacks of losses: a wait costs about 11 ms. */
const READ_INTERVAL = 0.5;

/** The log of one run. */
export class RunLog {
  /** Counts rows and seconds. */
  readonly speed = new Speedometer();
  readonly #gpu: Gpu;
  readonly #reporters: readonly Reporter[];
  readonly #scalars: ScalarLog;

  /**
   * An empty log.
   *
   * @param gpu The device.
   * @param reporters Receive what is logged.
   * @param batches The most batches of a step.
   */
  constructor(gpu: Gpu, reporters: readonly Reporter[], batches: number) {
    this.#gpu = gpu;
    this.#reporters = reporters;
    this.#scalars = new ScalarLog(gpu.device, gpu.recorder, 2, Math.max(64, 2 * batches));
    this.#batches = batches;
  }

  readonly #batches: number;

  /**
   * Tells every reporter that the run begins.
   *
   * @param inputs The model and its name.
   * @param args How it trains.
   * @param plan Lengths.
   * @param examples Rows of training data.
   * @param startStep Steps done before.
   */
  start(
    { model, modelName = "model" }: Pick<TrainerInputs, "model" | "modelName">,
    args: SentenceTransformerTrainingArguments,
    { epochs, totalSteps }: RunPlan,
    examples: number,
    startStep: number,
  ): void {
    const facts = {
      model: modelName,
      device: model.gpu.info.description,
      parameters: model.store.size,
      examples,
      batchSize: args.perDeviceTrainBatchSize * args.gradientAccumulationSteps,
      epochs,
      totalSteps,
      startStep,
    };
    this.tell((reporter) => reporter.start?.(facts));
    this.speed.start();
  }

  /** Tells every reporter. */
  tell(tell: (reporter: Reporter) => void): void {
    for (const reporter of this.#reporters) tell(reporter);
  }

  /** Keeps the loss of a batch and, with the last batch of a step, the gradient's norm. */
  push(step: number, loss: Tensor, norm: Tensor | null): void {
    this.#scalars.push(step, [loss, norm ?? this.#gpu.constant(0)]);
  }

  /** Whether it is time to read what was pushed. */
  get due(): boolean {
    return this.speed.sinceRead() >= READ_INTERVAL ||
      this.#scalars.length + this.#batches > Math.max(64, 2 * this.#batches);
  }

  /**
   * Waits for the GPU, takes in what was pushed and reports progress.
   *
   * @param state Where the run stands.
   * @param learningRate The learning rate of the last step.
   * @param totalSteps Steps of the run.
   * @param filter Whether losses that are not finite are left out.
   * @throws {DeviceError} If the device failed.
   */
  async read(
    state: TrainerState,
    learningRate: number,
    totalSteps: number,
    filter: boolean,
  ): Promise<void> {
    const steps = Map.groupBy(await this.#scalars.drain(), ({ step }) => step);
    this.#gpu.check();
    let loss: number | null = null;
    for (const batches of steps.values()) {
      loss = batches.reduce((sum, { values }) => sum + values[0], 0) / batches.length;
      state.addStep(loss, batches[batches.length - 1].values[1], filter);
    }
    this.speed.read();
    const { globalStep: step, epoch, gradientNorm } = state;
    const rates = this.speed.rates(totalSteps - step);
    this.tell((reporter) =>
      reporter.progress?.({ step, totalSteps, epoch, loss, gradientNorm, learningRate, ...rates })
    );
  }

  /** Adds an entry to the log and tells every reporter. */
  write(state: TrainerState, entry: Readonly<Record<string, number>>): Record<string, number> {
    const whole = state.log(entry);
    this.tell((reporter) => reporter.log?.(whole));
    return whole;
  }

  /** Frees the staging buffer. */
  destroy(): void {
    this.#scalars.destroy();
  }
}

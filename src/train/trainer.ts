/**
 * The trainer: checks what it is given, trains, evaluates, saves.
 *
 * @module
 */
import { DeviceError, OutOfMemoryError } from "../errors.ts";
import type { Allocation } from "../gpu/tensor.ts";
import { readTrainerState } from "../io/trainer_state.ts";
import { ensureWritableDirectory, writeDirectoryAtomically } from "../io/write_files.ts";
import { writeModelDirectory } from "../io/write_model_directory.ts";
import type { SentenceTransformer } from "../models/sentence_transformer.ts";
import { SentenceTransformerTrainingArguments } from "./arguments/sentence_transformer_training_arguments.ts";
import type { TrainerCallback } from "./callbacks/callback.ts";
import { type CallbackClass, CallbackHandler } from "./callbacks/callback_handler.ts";
import { DefaultFlowCallback } from "./callbacks/default_flow_callback.ts";
import { findCheckpoint } from "./checkpointer.ts";
import { evaluationPrecision } from "./run_parts.ts";
import type { RunPlan } from "./run_plan.ts";
import { type RunSetup, setUpRun } from "./run_setup.ts";
import type { TrainerState } from "./state.ts";
import type { TrainerInputs, TrainOutput } from "./trainer_inputs.ts";
import { TrainingRun } from "./training_run.ts";

/** What a batch shrinks to where memory did not suffice, as in accelerate. */
const SHRINK = 0.9;

/** Trains a sentence encoder. */
export class SentenceTransformerTrainer {
  /** How it is trained. */
  readonly args: SentenceTransformerTrainingArguments;
  readonly #setup: RunSetup;
  readonly #handler: CallbackHandler;
  #run: TrainingRun;
  #isTold = false;

  /**
   * Checks that everything fits together.
   *
   * @param inputs Model, rows, objective and the rest.
   * @throws {UsageError} If arguments, model, rows and objective do not fit together.
   */
  constructor(inputs: TrainerInputs) {
    this.args = inputs.args ?? new SentenceTransformerTrainingArguments({});
    this.args.check();
    this.#setup = setUpRun(inputs, this.args);
    this.#handler = new CallbackHandler([new DefaultFlowCallback(), ...inputs.callbacks ?? []]);
    this.#run = this.#begin(this.args.perDeviceTrainBatchSize);
  }

  /** The model. */
  get model(): SentenceTransformer {
    return this.#setup.inputs.model;
  }

  /** Where the run stands. */
  get state(): TrainerState {
    return this.#run.state;
  }

  /** What the evaluation at the present step found; null where there was none. */
  get latestEvaluation(): Readonly<Record<string, number>> | null {
    const { latest, state } = this.#run;
    return latest !== null && latest.step === state.globalStep ? latest.metrics : null;
  }

  /** Lengths and intervals of the run, in optimizer steps. */
  get plan(): RunPlan {
    return this.#run.plan;
  }

  /** Rows of a batch: fewer than `args` says where memory did not suffice. */
  get trainBatchSize(): number {
    return this.#run.batchSize;
  }

  /** Adds a callback after all others, or a class of callbacks whose constructor needs nothing. */
  addCallback(callback: TrainerCallback | (new () => TrainerCallback)): void {
    this.#handler.add(callback);
  }

  /**
   * Takes a callback out.
   *
   * @param which The callback, or a class: the first of that class.
   * @returns Whether there was one.
   */
  removeCallback(which: TrainerCallback | CallbackClass): boolean {
    return this.#handler.remove(which);
  }

  /**
   * Trains to the end.
   *
   * @param resumeFromCheckpoint A checkpoint to go on from; true for the newest of the output
   *   directory. Default: `args.resumeFromCheckpoint`.
   * @returns Steps, mean loss and speed.
   * @throws {InputError} If the checkpoint is missing, damaged, or of another configuration.
   * @throws {OutputError} If the output directory cannot be written.
   * @throws {DeviceError} If the device failed, or memory does not suffice for any batch.
   */
  async train(
    resumeFromCheckpoint: string | boolean | null = this.args.resumeFromCheckpoint,
  ): Promise<TrainOutput> {
    const { args } = this;
    args.check();
    const checkpoint = resumeFromCheckpoint
      ? await findCheckpoint(resumeFromCheckpoint, args.outputDir)
      : null;
    // A wrong path must not leave an output directory behind.
    const saved = checkpoint === null ? null : await readTrainerState(checkpoint);
    await ensureWritableDirectory(args.outputDir);
    await this.#tell();
    if (!args.autoFindBatchSize) return await this.#train(checkpoint);
    return await this.#trainWhatFits(checkpoint, saved?.train_batch_size ?? null);
  }

  /**
   * Measures the model now, and logs what was found.
   *
   * @returns Metrics with upstream's keys.
   */
  async evaluate(): Promise<Record<string, number>> {
    await this.#tell();
    try {
      return await this.#run.evaluate(evaluationPrecision(this.args));
    } finally {
      await this.#run.rest();
    }
  }

  /**
   * Saves the model alone, with its card.
   *
   * @param path The directory; what it held is replaced.
   * @throws {OutputError} If it cannot be written; what was there stays.
   */
  async saveModel(path: string): Promise<void> {
    const saved = await this.model.toSavedModel(this.#run.card());
    await writeDirectoryAtomically(path, (temporary) => writeModelDirectory(temporary, saved));
  }

  /**
   * Writes `trainer_state.json` of the output directory.
   *
   * @throws {OutputError} If it cannot be written.
   */
  async saveState(): Promise<void> {
    await this.#run.saveState();
  }

  /** Frees what training took; the model stays. */
  async destroy(): Promise<void> {
    await this.#run.destroy();
  }

  #begin(batchSize: number): TrainingRun {
    return new TrainingRun(this.#setup, { batchSize, handler: this.#handler });
  }

  async #train(checkpoint: string | null): Promise<TrainOutput> {
    const run = this.#run;
    if (checkpoint !== null) await run.resume(checkpoint);
    const metrics = await run.train();
    const { globalStep, meanLoss } = run.state;
    return { globalStep, trainingLoss: meanLoss, metrics };
  }

  /** Begins again with smaller batches for as long as memory does not suffice. */
  async #trainWhatFits(
    checkpoint: string | null,
    batchSize: number | null,
  ): Promise<TrainOutput> {
    const { gpu, store } = this.model;
    const before = await store.download();
    if (batchSize !== null) await this.#replace(batchSize);
    for (;;) {
      const held = gpu.pool.snapshot();
      try {
        return await this.#train(checkpoint);
      } catch (error) {
        if (!(error instanceof OutOfMemoryError)) throw error;
        const size = Math.floor(this.trainBatchSize * SHRINK);
        if (size === 0) {
          throw new DeviceError(
            `Cannot train: No executable batch size found, reached zero. (${error.message})`,
            { cause: error },
          );
        }
        this.#run.message(
          `Memory does not suffice for batches of ${this.trainBatchSize}: begins again with ${size}`,
        );
        await this.#replace(size, held);
        store.upload(({ name }) => before.get(name)!.data);
        for (const { gradients } of store.slabs) gpu.recorder.clear(gradients);
      }
    }
  }

  /** Another run in the place of this one; what a failed step left in use is freed. */
  async #replace(
    batchSize: number,
    held: ReadonlySet<Allocation> = this.model.gpu.pool.snapshot(),
  ): Promise<void> {
    const { gpu } = this.model;
    await this.#run.destroy();
    gpu.recover();
    gpu.pool.releaseAllBut(held);
    gpu.pool.trim();
    gpu.recorder.kernels.clearBindGroups();
    this.#run = this.#begin(batchSize);
  }

  /** Warnings and `onInitEnd`, once: a constructor cannot wait. */
  async #tell(): Promise<void> {
    if (this.#isTold) return;
    this.#isTold = true;
    for (const warning of this.args.warnings) this.#run.message(warning);
    await this.#run.call("onInitEnd");
  }
}

/**
 * The trainer: checks what it is given, trains, evaluates, saves.
 *
 * @module
 */
import { DeviceError, OutOfMemoryError, UsageError } from "../errors.ts";
import type { ParameterStore } from "../gpu/parameter_slab.ts";
import type { OutputLock } from "../io/output_lock.ts";
import type { SentenceTransformer } from "../models/sentence_transformer.ts";
import { SentenceTransformerTrainingArguments } from "./arguments/sentence_transformer_training_arguments.ts";
import type { TrainerCallback } from "./callbacks/callback.ts";
import { type CallbackClass, CallbackHandler } from "./callbacks/callback_handler.ts";
import { checkedCallback } from "./callbacks/checked_callback.ts";
import { DefaultFlowCallback } from "./callbacks/default_flow_callback.ts";
import { EmbeddingMapCallback } from "./callbacks/embedding_map_callback.ts";
import { HubCallback, type PushOptions } from "./callbacks/hub_callback.ts";
import type { OpenOutput } from "./open_output.ts";
import { openOutputTogether } from "./parallel/open_output_together.ts";
import { onceFor } from "./parallel/rank_group.ts";
import { saveModelTogether } from "./parallel/save_model_together.ts";
import { evaluationPrecision } from "./run_parts.ts";
import type { RunPlan } from "./run_plan.ts";
import { type RunSetup, setUpRun } from "./run_setup.ts";
import type { TrainerState } from "./state.ts";
import { TrainerCondition } from "./trainer_condition.ts";
import type { TrainerInputs, TrainOutput } from "./trainer_inputs.ts";
import { trainedStores } from "./trained_stores.ts";
import { TrainingRun } from "./training_run.ts";

/** What a batch shrinks to where memory did not suffice, as in accelerate. */
const SHRINK = 0.9;

/** Trains a sentence encoder. */
export class SentenceTransformerTrainer {
  /** How it is trained. */
  readonly args: SentenceTransformerTrainingArguments;
  readonly #inputs: TrainerInputs;
  readonly #handler: CallbackHandler;
  #setup: RunSetup;
  #run: TrainingRun;
  /** The arguments that the run was made with. */
  #madeWith: string;
  readonly #condition = new TrainerCondition();
  readonly #hub = new HubCallback();
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
    this.#inputs = inputs;
    const files = [this.#hub, new EmbeddingMapCallback(inputs.evalDataset ?? [])];
    const own = inputs.communicator?.rank ? [] : files;
    this.#handler = new CallbackHandler([new DefaultFlowCallback(), ...own]);
    for (const callback of inputs.callbacks ?? []) this.addCallback(callback);
    this.#setup = setUpRun(inputs, this.args);
    this.#madeWith = JSON.stringify(this.args);
    this.#run = this.#begin(this.args.perDeviceTrainBatchSize);
  }

  /** The model. */
  get model(): SentenceTransformer {
    return this.#inputs.model;
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

  /** The checkpoint that the latest training would go on from; null where there is none. */
  get latestCheckpoint(): string | null {
    return this.args.saveOnlyModel ? null : this.#run.savedPath;
  }

  /** Rows of a batch: fewer than `args` says where memory did not suffice. */
  get trainBatchSize(): number {
    return this.#run.batchSize;
  }

  /**
   * Adds a callback after all others.
   *
   * @param callback A callback, or a class of callbacks whose constructor needs nothing.
   * @throws {UsageError} If it is no callback, or has a method `on...` that no moment calls.
   */
  addCallback(callback: TrainerCallback | (new () => TrainerCallback)): void {
    this.#handler.add(checkedCallback(callback));
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
   * Trains to the end. Called again, it begins anew, from the model as it is then.
   *
   * @param resumeFromCheckpoint A checkpoint to go on from; true for the newest of the output
   *   directory. Default: `args.resumeFromCheckpoint`.
   * @param options A lock of the output directory that the caller holds. Default: one for this training.
   * @returns Steps, mean loss and speed.
   * @throws {InputError} If the checkpoint is missing, damaged, or of another configuration.
   * @throws {OutputError} If the output directory cannot be written, or another run writes there.
   * @throws {Interruption} If `signal` asked it to stop.
   * @throws {DeviceError} If the device failed, or memory does not suffice for any batch.
   */
  async train(
    resumeFromCheckpoint: string | boolean | null = this.args.resumeFromCheckpoint,
    { lock }: { lock?: OutputLock } = {},
  ): Promise<TrainOutput> {
    return await this.#condition.use(async () => {
      const { args } = this;
      args.check();
      await using _uploads = this.#hub;
      using output = await openOutputTogether(this.#setup, { from: resumeFromCheckpoint, lock });
      await this.#renew();
      await this.#tell();
      for (const note of output.notes) this.#run.message(note);
      if (!args.autoFindBatchSize) return await this.#train(output);
      return await this.#trainWhatFits(output);
    });
  }

  /**
   * Measures the model now, and logs what was found.
   *
   * @returns Metrics with upstream's keys.
   * @throws {UsageError} If there are neither rows nor evaluators to measure with.
   */
  async evaluate(): Promise<Record<string, number>> {
    return await this.#condition.use(async () => {
      const { evalDatasets, evaluators } = this.#setup;
      if (evalDatasets.length + evaluators.length === 0) {
        throw new UsageError(
          "Cannot evaluate: Trainer: evaluation requires an eval_dataset or an evaluator; give one",
        );
      }
      await this.#tell();
      try {
        return await this.#run.evaluate(evaluationPrecision(this.args));
      } finally {
        await this.#run.rest();
      }
    });
  }

  /**
   * Saves the model alone, with its card; parameters of the loss lie beside it, `loss.safetensors`.
   *
   * @param path The directory; what it held is replaced.
   * @param options With `merge`, the updates of the model's adapter are in the weights that are saved;
   *   the model in training keeps its adapter. With `push` it is then uploaded; default: `args.pushToHub`.
   * @throws {UsageError} If an adapter would replace the model that it adapts.
   * @throws {OutputError} If it cannot be written, and what was there stays; or cannot be uploaded.
   */
  async saveModel(
    path: string,
    { merge = false, push = this.args.pushToHub }: { merge?: boolean; push?: boolean } = {},
  ): Promise<void> {
    await saveModelTogether(path, this.#setup, { card: this.#run.card(), merge });
    if (push) await this.pushToHub({ commitMessage: "Model save", from: path });
  }

  /**
   * Uploads the model and what else the output directory holds, but no checkpoints, to `args.hubModelId`.
   *
   * @param options What the commit is called, and where the model lies if it is saved already.
   * @returns The address of the commit.
   * @throws {UsageError} If there is no token.
   * @throws {OutputError} If it cannot be uploaded.
   */
  async pushToHub(options: PushOptions = {}): Promise<string> {
    return await onceFor(this.#setup.group, () => this.#hub.push(this, options));
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
    if (!this.#condition.end()) return;
    await this.#run.destroy();
    this.#setup.lossStores.destroy();
  }

  #begin(batchSize: number): TrainingRun {
    return new TrainingRun(this.#setup, { batchSize, handler: this.#handler });
  }

  /** Another run where there was one before, or where the arguments have changed. */
  async #renew(): Promise<void> {
    const arguments_ = JSON.stringify(this.args);
    const isUsed = this.#run.state.globalStep > 0 || this.#run.hasTrained;
    if (!isUsed && arguments_ === this.#madeWith) return;
    this.#setup = setUpRun(this.#inputs, this.args, this.#setup.lossStores);
    this.#madeWith = arguments_;
    await this.#replace(this.args.perDeviceTrainBatchSize);
  }

  async #train({ saved, lock }: OpenOutput): Promise<TrainOutput> {
    const [{ gpu }, run] = [this.model, this.#run];
    const held = gpu.pool.snapshot();
    try {
      if (saved !== null) await run.resume(saved.path);
      const metrics = await run.train(lock);
      const { state: { globalStep, meanLoss }, saveFailure } = run;
      return { globalStep, trainingLoss: meanLoss, metrics, saveFailure };
    } catch (error) {
      // Nothing of a step that failed may reach a later one.
      gpu.recorder.submit();
      gpu.pool.releaseAllBut(held);
      for (const { slabs } of this.#stores()) {
        for (const { gradients } of slabs) gpu.recorder.clear(gradients);
      }
      throw error;
    }
  }

  /** Begins again with smaller batches for as long as memory does not suffice. */
  async #trainWhatFits(output: OpenOutput): Promise<TrainOutput> {
    const { saved } = output;
    const stores = this.#stores();
    const before = await Promise.all(stores.map((store) => store.download()));
    if (saved?.state.train_batch_size) await this.#replace(saved.state.train_batch_size);
    for (;;) {
      try {
        return await this.#train(output);
      } catch (error) {
        if (!(error instanceof OutOfMemoryError)) throw error;
        if (saved !== null) {
          throw new DeviceError(
            `Cannot go on from ${saved.path}: memory does not suffice for its batches of ${this.trainBatchSize}, and smaller ones would be another run; free memory, or start anew (${error.message})`,
            { cause: error },
          );
        }
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
        await this.#replace(size);
        stores.forEach((store, i) => store.upload(({ name }) => before[i].get(name)!.data));
      }
    }
  }

  async #replace(batchSize: number): Promise<void> {
    const { gpu } = this.model;
    await this.#run.destroy();
    gpu.recover();
    gpu.pool.trim();
    gpu.recorder.kernels.clearBindGroups();
    this.#run = this.#begin(batchSize);
  }

  #stores(): readonly ParameterStore[] {
    return trainedStores(this.model, this.#setup.lossStores);
  }

  /** Warnings and `onInitEnd`, once: a constructor cannot wait. */
  async #tell(): Promise<void> {
    if (this.#isTold) return;
    this.#isTold = true;
    for (const warning of this.args.warnings) this.#run.message(warning);
    await this.#run.call("onInitEnd");
  }
}

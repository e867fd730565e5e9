/**
 * The training loop: steps, logs, evaluations and checkpoints in the order of transformers' Trainer.
 *
 * @module
 */
import { join } from "@std/path";
import { ConcatDataset } from "../data/concat_dataset.ts";
import type { Dataset } from "../data/dataset.ts";
import { multiDatasetSampler } from "../data/samplers/multi_dataset.ts";
import { UsageError } from "../errors.ts";
import { ensureWritableDirectory, writeDirectoryAtomically } from "../io/write_files.ts";
import { writeModelDirectory } from "../io/write_model_directory.ts";
import type { SentenceTransformer } from "../models/sentence_transformer.ts";
import { AdamW } from "../optim/adamw.ts";
import { GradientNorm } from "../optim/clip_grad_norm.ts";
import { createSchedule } from "../schedules/names.ts";
import type { Schedule } from "../schedules/schedule.ts";
import { SentenceTransformerTrainingArguments } from "./arguments/sentence_transformer_training_arguments.ts";
import { Checkpointer } from "./checkpointer.ts";
import { evaluate } from "./evaluate.ts";
import { prepareBatch } from "./prepare_batch.ts";
import { RunLog } from "./run_log.ts";
import { isDue, planRun, type RunPlan } from "./run_plan.ts";
import { TrainerState } from "./state.ts";
import { Timeline } from "./timeline.ts";
import type { TrainerInputs, TrainOutput } from "./trainer_inputs.ts";
import { trainerCard } from "./trainer_card.ts";
import { trainStep } from "./train_step.ts";

/** Trains a sentence encoder. */
export class SentenceTransformerTrainer {
  /** How it is trained. */
  readonly args: SentenceTransformerTrainingArguments;
  readonly #inputs: TrainerInputs;
  readonly #trainDataset: ConcatDataset;
  readonly #evalDatasets: readonly Dataset[];
  readonly #timeline: Timeline;
  readonly #plan: RunPlan;
  readonly #schedule: Schedule;
  readonly #optimizer: AdamW;
  readonly #gradientNorm: GradientNorm;
  readonly #checkpointer: Checkpointer;
  readonly #log: RunLog;
  #state = new TrainerState();
  #evaluatedStep = -1;
  #latestEvaluation: Record<string, number> | null = null;

  /**
   * Checks that everything fits together.
   *
   * @param inputs Model, rows, objective and the rest.
   * @throws {UsageError} If the loss cannot use the columns, or evaluation is asked for without rows
   *   or evaluators.
   */
  constructor(inputs: TrainerInputs) {
    const { model, trainDataset, loss, evalDataset, evaluators = [], reporters = [] } = inputs;
    const args = inputs.args ?? new SentenceTransformerTrainingArguments({});
    this.args = args;
    this.#inputs = inputs;
    this.#trainDataset = new ConcatDataset([trainDataset].flat());
    this.#evalDatasets = [evalDataset ?? []].flat();
    for (const dataset of [...this.#trainDataset.datasets, ...this.#evalDatasets]) {
      loss.checkColumns(dataset.columns, dataset.labels !== null);
    }
    const judged = this.#evalDatasets.length > 0 || evaluators.length > 0;
    if (args.evaluationStrategy !== "no" && !judged) {
      throw new UsageError(
        `Cannot train: evaluation_strategy is "${args.evaluationStrategy}", but there is neither an evaluation dataset nor an evaluator`,
      );
    }
    const sampler = multiDatasetSampler(this.#trainDataset, {
      batchSize: args.perDeviceTrainBatchSize,
      dropLast: args.dataloaderDropLast,
      seed: args.dataSeed ?? args.seed,
      batchSampler: args.batchSampler,
      multiDatasetBatchSampler: args.multiDatasetBatchSampler,
    });
    this.#timeline = new Timeline(sampler, args.gradientAccumulationSteps);
    this.#plan = planRun(args, this.#timeline);
    this.#schedule = createSchedule(args.lrSchedulerType, {
      warmupSteps: this.#plan.warmupSteps,
      totalSteps: this.#plan.totalSteps,
      learningRate: args.learningRate,
      kwargs: args.lrSchedulerKwargs ?? {},
    });
    this.#optimizer = new AdamW(model.gpu, model.store, {
      beta1: args.adamBeta1,
      beta2: args.adamBeta2,
      epsilon: args.adamEpsilon,
      weightDecay: args.weightDecay,
    });
    this.#gradientNorm = new GradientNorm(model.gpu, model.store);
    this.#checkpointer = new Checkpointer(args, this.#plan, model, this.#optimizer);
    this.#log = new RunLog(model.gpu, reporters, args.gradientAccumulationSteps);
  }

  /** The model. */
  get model(): SentenceTransformer {
    return this.#inputs.model;
  }

  /** Where the run stands. */
  get state(): TrainerState {
    return this.#state;
  }

  /** What the evaluation at the present step found; null where there was none. */
  get latestEvaluation(): Readonly<Record<string, number>> | null {
    return this.#evaluatedStep === this.#state.globalStep ? this.#latestEvaluation : null;
  }

  /** Lengths and intervals of the run, in optimizer steps. */
  get plan(): RunPlan {
    return this.#plan;
  }

  /**
   * Trains to the end.
   *
   * @param resumeFromCheckpoint A checkpoint to go on from; true for the newest of the output
   *   directory. Default: `args.resumeFromCheckpoint`.
   * @returns Steps, mean loss and speed.
   * @throws {InputError} If the checkpoint is missing or damaged.
   * @throws {OutputError} If the output directory cannot be written.
   */
  async train(
    resumeFromCheckpoint: string | boolean | null = this.args.resumeFromCheckpoint,
  ): Promise<TrainOutput> {
    if (resumeFromCheckpoint) {
      this.#state = await this.#checkpointer.resume(resumeFromCheckpoint);
      const { globalStep } = this.#state;
      this.#log.tell((reporter) => reporter.message?.(`Resumed at step ${globalStep}`));
    }
    await ensureWritableDirectory(this.args.outputDir);
    const state = this.#state;
    const firstStep = state.globalStep;
    const started = performance.now();
    this.#log.start(this.#inputs, this.args, this.#plan, this.#trainDataset.length, firstStep);
    try {
      while (state.globalStep < this.#plan.totalSteps) await this.#step();
      await this.#finish();
    } finally {
      this.#log.tell((reporter) => reporter.finish?.());
    }
    const seconds = (performance.now() - started) / 1000;
    const metrics = this.#log.write(state, {
      train_runtime: seconds,
      train_samples_per_second: this.#log.speed.rows / seconds,
      train_steps_per_second: (state.globalStep - firstStep) / seconds,
      train_loss: state.meanLoss,
    });
    await this.saveState();
    return { globalStep: state.globalStep, trainingLoss: state.meanLoss, metrics };
  }

  /**
   * Measures the model now, and logs what was found.
   *
   * @returns Metrics with upstream's keys.
   */
  async evaluate(): Promise<Record<string, number>> {
    const { model, loss } = this.#inputs;
    const state = this.#state;
    const goOn = this.#log.speed.pause();
    const metrics = await evaluate({
      model,
      datasets: this.#evalDatasets,
      loss,
      evaluators: this.#inputs.evaluators ?? [],
      batchSize: this.args.perDeviceEvalBatchSize,
      dropLast: this.args.dataloaderDropLast,
      csvDirectory: join(this.args.outputDir, "eval"),
      epoch: state.epoch,
      step: state.globalStep,
    });
    this.#evaluatedStep = state.globalStep;
    this.#latestEvaluation = metrics;
    this.#log.write(state, metrics);
    goOn();
    return metrics;
  }

  /**
   * Saves the model alone, with its card.
   *
   * @param path The directory; what it held is replaced.
   * @throws {OutputError} If it cannot be written; what was there stays.
   */
  async saveModel(path: string): Promise<void> {
    const saved = await this.model.toSavedModel(this.#card());
    await writeDirectoryAtomically(path, (temporary) => writeModelDirectory(temporary, saved));
  }

  /**
   * Writes `trainer_state.json` of the output directory.
   *
   * @throws {OutputError} If it cannot be written.
   */
  async saveState(): Promise<void> {
    await this.#checkpointer.writeState(this.#state);
  }

  /** Frees what training took; the model stays. */
  destroy(): void {
    this.#optimizer.destroy();
    this.#gradientNorm.destroy();
    this.#log.destroy();
  }

  async #step(): Promise<void> {
    const { model, loss } = this.#inputs;
    const { args } = this;
    const state = this.#state;
    const place = this.#timeline.locate(state.globalStep);
    const learningRate = args.learningRate * this.#schedule(state.globalStep);
    const batches = this.#timeline.batches(place)
      .map((rows) => prepareBatch(model, this.#trainDataset, rows));
    trainStep({
      model,
      loss,
      optimizer: this.#optimizer,
      gradientNorm: this.#gradientNorm,
      maxGradNorm: args.maxGradNorm,
      learningRate,
      seed: args.seed,
      firstBatch: state.globalStep * args.gradientAccumulationSteps,
      batches,
      report: (value, norm) => this.#log.push(state.globalStep, value, norm),
    });
    for (const { ids, columns } of batches) {
      state.tokensSeen += ids.length;
      this.#log.speed.add(columns[0].count, ids.length);
    }
    state.globalStep++;
    state.epoch = place.epoch + (place.index + 1) / place.steps;
    await this.#afterStep(learningRate, place.index + 1 === place.steps);
  }

  async #afterStep(learningRate: number, epochEnds: boolean): Promise<void> {
    const { args } = this;
    const state = this.#state;
    const step = state.globalStep;
    const { loggingSteps, evalSteps, saveSteps, totalSteps } = this.#plan;
    const logs = isDue(args.loggingStrategy, loggingSteps, step, epochEnds) ||
      (args.loggingFirstStep && step === 1);
    const waited = args.evaluationStrategy === "epoch" ? state.epoch : step;
    const evaluates = isDue(args.evaluationStrategy, evalSteps, step, epochEnds) &&
      waited >= (args.evalDelay ?? 0);
    const saves = isDue(args.saveStrategy, saveSteps, step, epochEnds);
    if (logs || evaluates || saves || this.#log.due || step === totalSteps) {
      await this.#log.read(state, learningRate, totalSteps, args.loggingNanInfFilter);
    }
    const loss = logs ? state.takeMeanLoss() : null;
    if (loss !== null) {
      const { gradientNorm } = state;
      this.#log.write(state, { loss, grad_norm: gradientNorm, learning_rate: learningRate });
    }
    if (evaluates) await this.#judge();
    if (saves) await this.#save();
  }

  /** Evaluates, and remembers what is better than all before it. */
  async #judge(): Promise<void> {
    this.#checkpointer.noteBest(this.#state, await this.evaluate());
  }

  async #save(): Promise<void> {
    const goOn = this.#log.speed.pause();
    await this.#checkpointer.save(this.#state, this.#card());
    goOn();
  }

  /** As in the newest Trainer, a run that evaluates or saves does so once more at its end. */
  async #finish(): Promise<void> {
    const { args } = this;
    const { globalStep } = this.#state;
    if (args.evaluationStrategy !== "no" && this.#evaluatedStep !== globalStep) {
      await this.#judge();
    }
    if (args.saveStrategy !== "no" && this.#checkpointer.savedStep !== globalStep) {
      await this.#save();
    }
    if (args.loadBestModelAtEnd) await this.#checkpointer.restoreBest(this.#state);
  }

  #card(): string {
    const inputs = {
      ...this.#inputs,
      trainDatasets: this.#trainDataset.datasets,
      evalDatasets: this.#evalDatasets,
    };
    return trainerCard(inputs, this.args, this.#state, this.#log.speed.seconds);
  }
}

/**
 * One optimizer step. Nothing in it waits for the GPU.
 *
 * @module
 */
import type { PackedBatch } from "../data/collator.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { Loss } from "../losses/loss.ts";
import type { SentenceTransformer } from "../models/sentence_transformer.ts";
import { Tape, type TapeOptions } from "../ops/tape.ts";
import type { GradientNorm } from "../optim/clip_grad_norm.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import type { ScheduledScalars, StepControl } from "../optim/step_control.ts";

/** A batch of one dataset with the objective that belongs to it. */
export interface LossBatch {
  /** Token ids and labels. */
  readonly batch: PackedBatch;
  /** The objective. */
  readonly loss: Loss;
}

/** What a step works with. */
export interface TrainStepInputs {
  /** The model, whose parameters change. */
  model: SentenceTransformer;
  /** Changes the parameters. */
  optimizer: Optimizer;
  /** Measures and limits the gradient. */
  gradientNorm: GradientNorm;
  /** Scales the loss, skips steps, chooses the learning rate. */
  control: StepControl;
  /** The norm above which gradients are scaled down; 0 for none. */
  maxGradNorm: number;
  /** What the update will find: see {@linkcode StepControl.decide}. */
  schedule: { first: number; rows: readonly (readonly ScheduledScalars[])[] };
  /** How tapes run: seed, precision, noise. */
  tape: Omit<TapeOptions, "recording" | "step">;
  /** Share of the target that is spread over all candidates. */
  labelSmoothing: number;
  /** Number of the first batch in the run, for random bits. */
  firstBatch: number;
  /** The batches whose gradients are averaged. */
  batches: readonly LossBatch[];
  /** Receives the loss of every batch and, with the last, the gradient's norm. */
  report: (loss: Tensor, norm: Tensor | null) => void;
  /** Told between batches, before and after the update. */
  hooks?: TrainStepHooks;
}

/** What may happen within a step. */
export interface TrainStepHooks {
  /** After each batch but the last. */
  readonly substepEnd?: () => Promise<void>;
  /** Before the update. */
  readonly preOptimizerStep?: () => Promise<void>;
  /** After the update. */
  readonly optimizerStep?: () => Promise<void>;
}

/**
 * Embeds, compares, differentiates, clips and updates.
 *
 * @param inputs Model, objective, optimizer and batches.
 */
export async function trainStep(inputs: TrainStepInputs): Promise<void> {
  const { model, optimizer, gradientNorm, control, batches, report, hooks = {} } = inputs;
  const { recorder } = model.gpu;
  for (const [i, part] of batches.entries()) {
    const tape = new Tape(model.gpu, {
      ...inputs.tape,
      recording: true,
      step: inputs.firstBatch + i,
    });
    const value = lossOf(tape, model, part, inputs.labelSmoothing);
    tape.backward(value, control.seed(1 / batches.length));
    if (i < batches.length - 1) {
      report(value, null);
      if (hooks.substepEnd) await hooks.substepEnd();
    } else {
      const measured = gradientNorm.measure(inputs.maxGradNorm, control.scale);
      control.decide(measured, inputs.schedule);
      if (hooks.preOptimizerStep) await hooks.preOptimizerStep();
      optimizer.step(control);
      report(value, measured.norm);
      if (hooks.optimizerStep) await hooks.optimizerStep();
    }
    tape.end();
    recorder.submit();
  }
}

/**
 * Computes the loss of a batch.
 *
 * @param tape Runs and records.
 * @param model Embeds the batch.
 * @param part The batch and its objective.
 * @param labelSmoothing Share of the target that is spread over all candidates. Default: 0.
 * @returns A scalar.
 */
export function lossOf(
  tape: Tape,
  model: SentenceTransformer,
  { batch, loss }: LossBatch,
  labelSmoothing = 0,
): Tensor {
  const embeddings = model.embed(tape, batch);
  const labels = batch.labels && tape.upload([batch.labels.length], batch.labels, "labels");
  return loss.forward(tape, { embeddings, columns: batch.columns, labels, labelSmoothing });
}

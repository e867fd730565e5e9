/**
 * One optimizer step. Nothing in it waits for the GPU.
 *
 * @module
 */
import type { PackedBatch } from "../data/collator.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { Loss } from "../losses/loss.ts";
import type { SentenceTransformer } from "../models/sentence_transformer.ts";
import { Tape } from "../ops/tape.ts";
import type { AdamW } from "../optim/adamw.ts";
import type { GradientNorm } from "../optim/clip_grad_norm.ts";

/** What a step works with. */
export interface TrainStepInputs {
  /** The model, whose parameters change. */
  model: SentenceTransformer;
  /** The objective. */
  loss: Loss;
  /** Changes the parameters. */
  optimizer: AdamW;
  /** Measures and limits the gradient. */
  gradientNorm: GradientNorm;
  /** The norm above which gradients are scaled down; 0 for none. */
  maxGradNorm: number;
  /** The learning rate of this step. */
  learningRate: number;
  /** The run's seed, for dropout. */
  seed: number;
  /** Number of the first batch in the run, for dropout. */
  firstBatch: number;
  /** The batches whose gradients are averaged. */
  batches: readonly PackedBatch[];
  /** Receives the loss of every batch and, with the last, the gradient's norm. */
  report: (loss: Tensor, norm: Tensor | null) => void;
}

/**
 * Embeds, compares, differentiates, clips and updates.
 *
 * @param inputs Model, objective, optimizer and batches.
 */
export function trainStep(inputs: TrainStepInputs): void {
  const { model, loss, optimizer, gradientNorm, batches, report } = inputs;
  batches.forEach((batch, i) => {
    const tape = new Tape(model.gpu, {
      recording: true,
      seed: inputs.seed,
      step: inputs.firstBatch + i,
    });
    const value = lossOf(tape, model, loss, batch);
    tape.backward(value, 1 / batches.length);
    if (i < batches.length - 1) {
      report(value, null);
    } else {
      const { norm, coefficient } = gradientNorm.measure(inputs.maxGradNorm);
      optimizer.step({ learningRate: inputs.learningRate, gradientScale: coefficient });
      report(value, norm);
    }
    tape.end();
    model.gpu.recorder.submit();
  });
}

/**
 * Computes the loss of a batch.
 *
 * @param tape Runs and records.
 * @param model Embeds the batch.
 * @param loss The objective.
 * @param batch Token ids and labels.
 * @returns A scalar.
 */
export function lossOf(
  tape: Tape,
  model: SentenceTransformer,
  loss: Loss,
  batch: PackedBatch,
): Tensor {
  const embeddings = model.embed(tape, batch);
  const labels = batch.labels && tape.upload([batch.labels.length], batch.labels, "labels");
  return loss.forward(tape, { embeddings, columns: batch.columns, labels });
}

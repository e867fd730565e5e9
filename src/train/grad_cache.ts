/**
 * Large batches in little memory: the batch is embedded in parts without keeping activations, the loss
 * gives the gradients of all embeddings, and each part runs again to take its own further back.
 *
 * Source: Gao et al., "Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup", 2021.
 *
 * @module
 */
import type { PackedBatch } from "../data/collator.ts";
import { cutBatch, sliceBatch } from "../data/slice_batch.ts";
import { Tensor } from "../gpu/tensor.ts";
import type { LossWants } from "../losses/loss.ts";
import type { SentenceTransformer } from "../models/sentence_transformer.ts";
import { Tape, type TapeOptions } from "../ops/tape.ts";
import {
  type ComputedLoss,
  computeLoss,
  embedInParts,
  type LossBatch,
  type RunModels,
} from "./compute_loss.ts";

/** How a cached backward pass runs. */
export interface GradCacheInputs {
  /** Embed the batch. */
  readonly models: RunModels;
  /** The batch and an objective that `wants.cache`. */
  readonly part: LossBatch;
  /** How tapes run. */
  readonly tape: TapeOptions;
  /** The gradient of the loss. */
  readonly scale: number | Tensor;
  /** Share of the target that is spread over all candidates. */
  readonly labelSmoothing: number;
  /** Receives the loss before its memory is freed. */
  readonly report: (loss: ComputedLoss) => void;
}

/**
 * Adds the gradients of a batch to those of the parameters. Memory for activations is that of one part.
 * Dropout draws in both passes, and in a pass over the whole batch, the same bits: they are a function of
 * the place in the batch.
 *
 * @param inputs Models, batch and objective.
 */
export function gradCache(inputs: GradCacheInputs): void {
  const { models, part, scale, labelSmoothing } = inputs;
  const { model } = models;
  const { gpu } = model;
  const cache = part.loss.wants!.cache!;
  const tapeOptions = { ...inputs.tape, training: true };
  const shape = [part.batch.sequenceStarts.length - 1, model.fullDimension];
  const values = gpu.tensor(shape, "embeddings");
  const gradient = gpu.tensor(shape, "d_embeddings");
  gpu.recorder.clear(gradient);
  embedInParts(model, part.batch, { tape: tapeOptions, cache, into: values });
  const { allocation, label } = values;
  const embeddings = new Tensor({ allocation, shape, label, gradient });
  const tape = new Tape(gpu, { ...tapeOptions, recording: true });
  const loss = computeLoss(tape, models, part, { labelSmoothing, embeddings });
  inputs.report(loss);
  tape.backward(loss.value, scale);
  tape.end();
  gpu.recorder.submit();
  gpu.release(values);
  backwardInParts(model, part.batch, { tape: tapeOptions, cache, gradient });
  gpu.release(gradient);
}

/**
 * Embeds a batch part by part once more, each time with its backward pass.
 *
 * @param model Embeds.
 * @param batch The batch.
 * @param options How tapes run, the size of parts, and the gradient of the embeddings, [S, C].
 */
export function backwardInParts(
  model: SentenceTransformer,
  batch: PackedBatch,
  options: { tape: TapeOptions; cache: NonNullable<LossWants["cache"]>; gradient: Tensor },
): void {
  const { gpu } = model;
  for (const range of cutBatch(batch, options.cache)) {
    const firstRow = batch.sequenceStarts[range.first];
    const tape = new Tape(gpu, { ...options.tape, recording: true, firstRow });
    const found = model.embed(tape, sliceBatch(batch, range));
    tape.backward(found, rowsOf(options.gradient, range));
    tape.end();
    gpu.recorder.submit();
  }
}

function rowsOf(gradient: Tensor, { first, count }: { first: number; count: number }): Tensor {
  const { allocation, columns, label } = gradient;
  return new Tensor({
    allocation,
    byteOffset: first * columns * 4,
    shape: [count, columns],
    label,
  });
}

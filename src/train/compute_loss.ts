/**
 * The loss of a batch: from token ids to a scalar.
 *
 * @module
 */
import type { PackedBatch } from "../data/collator.ts";
import { shiftTokens } from "../data/shift_tokens.ts";
import { cutBatch, sliceBatch } from "../data/slice_batch.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { EmbeddedBatch, Loss } from "../losses/loss.ts";
import type { Decoder } from "../models/decoder.ts";
import type { SentenceTransformer } from "../models/sentence_transformer.ts";
import { Tape, type TapeOptions } from "../ops/tape.ts";
import { weightedSum } from "../ops/weighted_sum.ts";

/** A batch of one dataset with the objective that belongs to it. */
export interface LossBatch {
  /** Token ids and labels. */
  readonly batch: PackedBatch;
  /** The same texts in token ids of the guide, where the objective wants one. */
  readonly guideBatch?: PackedBatch;
  /** The objective. */
  readonly loss: Loss;
  /** What its mean counts in that over the batches of all ranks. Default: 1, there is one process. */
  readonly weight?: number;
}

/** The models of a run. */
export interface RunModels {
  /** The model that is trained. */
  readonly model: SentenceTransformer;
  /** The model that a loss takes advice from. */
  readonly guide?: SentenceTransformer;
  /** The copy that is trained beside the model. */
  readonly twin?: SentenceTransformer;
  /** What reads texts out of embeddings, for each loss that wants it. */
  readonly decoders?: ReadonlyMap<Loss, Decoder>;
}

/** A loss with its parts. */
export interface ComputedLoss {
  /** The loss, a scalar. */
  readonly value: Tensor;
  /** Its components in the order of `Loss.components`; empty where it has none. */
  readonly components: readonly Tensor[];
}

/**
 * Embeds a batch and computes its loss.
 *
 * @param tape Runs and records.
 * @param models Embed the batch.
 * @param part The batch and its objective.
 * @param options Share of the target that is spread over all candidates (default: 0), and embeddings
 *   where they are there already.
 * @returns The loss.
 */
export function computeLoss(
  tape: Tape,
  models: RunModels,
  part: LossBatch,
  options: { labelSmoothing?: number; embeddings?: Tensor } = {},
): ComputedLoss {
  using _span = tape.gpu.recorder.spans?.open("record forward");
  const { loss } = part;
  const { batch, reconstruct } = reconstruction(models, part);
  const labels = batch.labels && tape.upload([batch.labels.length], batch.labels, "labels");
  const result = loss.forward(tape, {
    ...embedded(tape, models, { ...part, batch }, options.embeddings),
    reconstruct,
    columns: batch.columns,
    labels,
    labelSmoothing: options.labelSmoothing,
  });
  return componentsOf(tape, loss, result);
}

/**
 * Adds up what a loss has computed.
 *
 * @param tape Runs and records.
 * @param loss The loss.
 * @param result What its `forward` returned.
 * @returns The loss with its components.
 */
export function componentsOf(
  tape: Tape,
  loss: Loss,
  result: ReturnType<Loss["forward"]>,
): ComputedLoss {
  if (!(loss.components?.length)) return { value: result as Tensor, components: [] };
  const parts = result as Readonly<Record<string, Tensor>>;
  const components = loss.components.map((name) => parts[name]);
  return { value: weightedSum(tape, components, components.map(() => 1)), components };
}

/** What is embedded: all columns, or the first where a decoder reads the second. */
function reconstruction(
  { decoders }: RunModels,
  { batch, loss }: LossBatch,
): Pick<LossBatch, "batch"> & Pick<EmbeddedBatch, "reconstruct"> {
  if (!loss.wants?.reconstruction) return { batch };
  const decoder = decoders?.get(loss);
  if (decoder === undefined) {
    throw new TypeError(`Cannot compute ${loss.name}: there is no decoder`);
  }
  const [damaged, original] = batch.columns;
  const shifted = shiftTokens(sliceBatch(batch, original));
  return {
    batch: { ...sliceBatch(batch, damaged), columns: [damaged], labels: batch.labels },
    reconstruct: (tape, embeddings) => decoder.reconstruct(tape, embeddings, shifted),
  };
}

function embedded(
  tape: Tape,
  { model, guide, twin }: RunModels,
  { batch, guideBatch, loss: { name, wants = {} } }: LossBatch,
  embeddings: Tensor | undefined,
): Pick<EmbeddedBatch, "embeddings" | "guide" | "twin" | "layers"> {
  if (wants.guide && (guide === undefined || guideBatch === undefined)) {
    throw new TypeError(`Cannot compute ${name}: there is no guide`);
  }
  if (wants.twin && twin === undefined) {
    throw new TypeError(`Cannot compute ${name}: there is no copy of the model`);
  }
  const layers = wants.layers ? model.embedLayers(tape, batch) : undefined;
  return {
    embeddings: embeddings ?? layers?.at(-1) ?? model.embed(tape, batch),
    layers,
    ...(wants.guide && { guide: adviceOf(tape, guide!, guideBatch!) }),
    ...(wants.twin && { twin: twin!.embed(tape, batch) }),
  };
}

/**
 * The guide's embeddings, which no gradient reaches.
 *
 * @param tape Holds them.
 * @param guide Embeds.
 * @param batch The batch in its token ids.
 * @returns Its embeddings, [S, G].
 */
export function adviceOf(tape: Tape, guide: SentenceTransformer, batch: PackedBatch): Tensor {
  const own = new Tape(guide.gpu);
  const found = guide.embed(own, batch);
  const advice = tape.empty(found.shape, "advice of the guide");
  guide.gpu.recorder.copy(found, advice);
  own.end();
  return advice;
}

/**
 * Embeds a batch part by part, without keeping what backward needs.
 *
 * @param model Embeds.
 * @param batch The batch.
 * @param options How tapes run, the size of parts, and where the embeddings go, [S, C].
 */
export function embedInParts(
  model: SentenceTransformer,
  batch: PackedBatch,
  options: {
    tape: TapeOptions;
    cache: { miniBatchSize: number; miniBatchTokens: number | null };
    into: Tensor;
  },
): void {
  using _span = model.gpu.recorder.spans?.open("record forward");
  for (const range of cutBatch(batch, options.cache)) {
    const firstRow = batch.sequenceStarts[range.first];
    const tape = new Tape(model.gpu, { ...options.tape, recording: false, firstRow });
    const embeddings = model.embed(tape, sliceBatch(batch, range));
    model.gpu.recorder.copyInto(embeddings, options.into, range.first * model.fullDimension);
    tape.end();
    model.gpu.recorder.submit();
  }
}

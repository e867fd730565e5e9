/**
 * Runs a model over many texts and reads the results back.
 *
 * @module
 */
import { collate, type PackedBatch } from "../data/collator.ts";
import type { Embeddings } from "../evaluators/embedder.ts";
import type { Gpu } from "../gpu/device.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { type Precision, Tape } from "../ops/tape.ts";
import type { EncodeOptions } from "./model_options.ts";
import type { ModuleChain } from "./module_chain.ts";
import { packTexts } from "./pack_texts.ts";

/** What one readback may take at most. Unit: elements. */
const READBACK = 1 << 22;

/** Below this length vectors are not scaled, as `torch.nn.functional.normalize`. */
const SHORTEST = 1e-12;

/** Texts to embed, and what embeds them. */
export interface EncodeInputs {
  /** The device. */
  readonly gpu: Gpu;
  /** The model's modules. */
  readonly chain: Pick<ModuleChain, "isStatic" | "width" | "tokenWidth" | "embed" | "embedTokens">;
  /** Token ids of each text. */
  readonly sequences: readonly Uint32Array<ArrayBuffer>[];
  /** How many of a text's first tokens pooling leaves out. */
  readonly promptLength: number;
}

/** One vector a text, or one a token. */
export type OutputValue = "sentence_embedding" | "token_embeddings";

/**
 * Embeds texts.
 *
 * @param inputs Texts and model.
 * @param options Batch size, precision, progress, and what to give: one vector a text, cut and scaled as
 *   wanted, or one a token, special ones included.
 * @returns One row a text, in the order of the texts, or for each text one row a token.
 * @throws {RangeError} If the batch size or the number of dimensions is not a positive integer.
 * @throws {UsageError} If the model has no vectors of tokens.
 */
export async function encodeTexts(
  inputs: EncodeInputs,
  options: EncodeOptions & { outputValue?: OutputValue },
): Promise<Embeddings | Embeddings[]> {
  const kept = checkTruncateDim(options.truncateDim);
  return options.outputValue === "token_embeddings"
    ? await encodeTokens(inputs, options)
    : await encodeSentences(inputs, { ...options, truncateDim: kept });
}

async function encodeSentences(
  inputs: EncodeInputs,
  options: EncodeOptions,
): Promise<Embeddings> {
  const { sequences, chain } = inputs;
  const columns = chain.width;
  const kept = Math.min(columns, options.truncateDim ?? columns);
  const data = new Float32Array(sequences.length * kept);
  const groups = packTexts(sequences, options.batchSize, Math.floor(READBACK / columns));
  const embed = (tape: Tape, batch: PackedBatch) => chain.embed(tape, batch);
  let done = 0;
  for (const group of groups) {
    const rows = group.flat();
    const shape = [rows.length, columns] as const;
    const run = { group, shape, embed, precision: options.precision };
    const embeddings = await runGroup(inputs, run);
    rows.forEach((row, i) => {
      const embedding = embeddings.subarray(i * columns, i * columns + kept);
      if (options.normalizeEmbeddings) normalize(embedding);
      data.set(embedding, row * kept);
    });
    options.onProgress?.(done += rows.length);
  }
  return { data, rows: sequences.length, columns: kept };
}

async function encodeTokens(inputs: EncodeInputs, options: EncodeOptions): Promise<Embeddings[]> {
  const { sequences, chain } = inputs;
  const columns = chain.tokenWidth;
  const result = new Array<Embeddings>(sequences.length);
  const embed = (tape: Tape, batch: PackedBatch) => chain.embedTokens(tape, batch);
  let done = 0;
  // A group of one batch each: token vectors are many.
  for (const group of packTexts(sequences, options.batchSize, 1)) {
    const texts = group.flat();
    const total = texts.reduce((sum, text) => sum + sequences[text].length, 0);
    const shape = [total, columns] as const;
    const run = { group, shape, embed, precision: options.precision };
    const vectors = await runGroup(inputs, run);
    let first = 0;
    for (const text of texts) {
      const rows = sequences[text].length;
      const data = vectors.slice(first * columns, (first + rows) * columns);
      result[text] = { data, rows, columns };
      first += rows;
    }
    options.onProgress?.(done += texts.length);
  }
  return result;
}

/**
 * Checks how many dimensions are to be kept.
 *
 * @param dimensions The number, if one is given.
 * @returns It.
 * @throws {RangeError} If it is not a positive integer.
 */
export function checkTruncateDim(dimensions: number | undefined): number | undefined {
  if (dimensions === undefined || (Number.isInteger(dimensions) && dimensions > 0)) {
    return dimensions;
  }
  throw new RangeError(
    `Cannot cut embeddings: truncateDim is ${dimensions}, wanted a positive integer`,
  );
}

interface GroupRun {
  /** Batches of indices of texts. */
  readonly group: readonly (readonly number[])[];
  /** Rows and columns of what they give. */
  readonly shape: readonly [number, number];
  readonly embed: (tape: Tape, batch: PackedBatch) => Tensor;
  readonly precision?: Precision;
}

/** Runs batches one after the other and waits once. */
async function runGroup(
  { gpu, chain, sequences, promptLength }: EncodeInputs,
  { group, shape, embed, precision = "f32" }: GroupRun,
): Promise<Float32Array<ArrayBuffer>> {
  const result = gpu.tensor(shape, "embeddings");
  let first = 0;
  for (const batch of group) {
    const tape = new Tape(gpu, { precision });
    const texts = { name: "text", sequences: batch.map((row) => sequences[row]), promptLength };
    const embedded = embed(tape, collate([texts], null, { allowEmpty: chain.isStatic }));
    gpu.recorder.copyInto(embedded, result, first * shape[1]);
    first += embedded.rows;
    tape.end();
    gpu.recorder.submit();
  }
  const embeddings = await gpu.read(result);
  gpu.release(result);
  return embeddings;
}

function normalize(embedding: Float32Array): void {
  let squares = 0;
  for (const value of embedding) squares += value * value;
  const length = Math.max(Math.sqrt(squares), SHORTEST);
  for (let i = 0; i < embedding.length; i++) embedding[i] /= length;
}

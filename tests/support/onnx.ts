/**
 * Runs ONNX files with ONNX Runtime: its native build starts in a tenth of the time that its WebAssembly
 * takes, which the test of whole exports uses.
 *
 * @module
 */
import { foreign } from "./foreign.ts";

const ort = await foreign("onnxruntime-node");

/** A tensor that comes out. */
export interface OnnxOutput {
  /** Sizes of its dimensions. */
  dims: readonly number[];
  /** Its values. */
  data: Float32Array;
}

/** What to feed: integers, or floats, in rows of one length. */
export type OnnxFeeds = Record<string, { dims: number[]; data: BigInt64Array | Float32Array }>;

/**
 * Runs a model once.
 *
 * @param bytes The file.
 * @param feeds Inputs by name; those that the model lacks are left out.
 * @returns Outputs by name.
 */
export async function runOnnx(
  bytes: Uint8Array,
  feeds: OnnxFeeds,
): Promise<Record<string, OnnxOutput>> {
  const session = await ort.InferenceSession.create(bytes, {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const inputs = Object.entries(feeds).filter(([name]) =>
    (session.inputNames as string[]).includes(name)
  );
  const results = await session.run(
    Object.fromEntries(
      inputs.map(([name, { dims, data }]) => [
        name,
        data instanceof Float32Array
          ? new ort.Tensor("float32", data, dims)
          : new ort.Tensor("int64", data, dims),
      ]),
    ),
  );
  await session.release();
  return Object.fromEntries(
    Object.entries(results as Record<string, OnnxOutput>).map(([name, { dims, data }]) => [
      name,
      { dims, data: Float32Array.from(data) },
    ]),
  );
}

/**
 * Pads token ids to one length.
 *
 * @param sequences The ids of each text.
 * @param options The id of padding, and on which side it goes. Default: 0, right.
 * @returns Inputs of an exported encoder.
 */
export function paddedFeeds(
  sequences: readonly (readonly number[])[],
  { pad = 0, left = false }: { pad?: number; left?: boolean } = {},
): OnnxFeeds {
  const length = Math.max(...sequences.map((ids) => ids.length));
  const feed = (value: (ids: readonly number[], i: number) => number) => ({
    dims: [sequences.length, length],
    data: BigInt64Array.from(sequences.flatMap((ids) => {
      const shift = left ? length - ids.length : 0;
      return Array.from({ length }, (_, i) => BigInt(value(ids, i - shift)));
    })),
  });
  return {
    input_ids: feed((ids, i) => ids[i] ?? pad),
    attention_mask: feed((ids, i) => ids[i] === undefined ? 0 : 1),
    token_type_ids: feed(() => 0),
  };
}

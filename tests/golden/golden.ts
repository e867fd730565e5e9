/**
 * Reads the recording of this directory for tests, without the library that is under test.
 *
 * @module
 */

/** The model, the batch, and what PyTorch computed from them; README.md names the tensors. */
export interface Golden {
  /** Parameters by their Hugging Face names. */
  weights: Map<string, Float64Array>;
  /** Recorded tensors by name. */
  recording: Map<string, Float64Array>;
  /** Token ids: the anchors, then their positives in the same order. */
  sequences: number[][];
}

/** Reads all of it; the batch is the same for every architecture. */
export async function readGolden(kind = "bert"): Promise<Golden> {
  const [model, recording, batch] = await Promise.all([
    Deno.readFile(new URL(`${kind}_tiny/model.safetensors`, import.meta.url)),
    Deno.readFile(new URL(`${kind}_tiny_recording.safetensors`, import.meta.url)),
    Deno.readTextFile(new URL("batch.json", import.meta.url)),
  ]);
  const { anchors, positives } = JSON.parse(batch);
  return {
    weights: parseFloats(model),
    recording: parseFloats(recording),
    sequences: [...anchors, ...positives],
  };
}

/** The configuration of a model, as its config.json has it. */
export async function goldenConfig(kind: string): Promise<Record<string, unknown>> {
  const file = new URL(`${kind}_tiny/config.json`, import.meta.url);
  return JSON.parse(await Deno.readTextFile(file));
}

/** Tensors of a safetensors file of nothing but f32, as make.py writes it. */
function parseFloats(bytes: Uint8Array): Map<string, Float64Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = 8 + Number(view.getBigUint64(0, true));
  const { __metadata__: _, ...header } = JSON.parse(
    new TextDecoder().decode(bytes.subarray(8, start)),
  ) as Record<string, { data_offsets: [number, number] }>;
  return new Map(
    Object.entries(header).map(([name, { data_offsets: [from, to] }]) => [
      name,
      Float64Array.from(
        { length: (to - from) / 4 },
        (_, index) => view.getFloat32(start + from + 4 * index, true),
      ),
    ]),
  );
}

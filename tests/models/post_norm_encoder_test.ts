import { assertEquals } from "@std/assert";
import { collate } from "../../src/data/collator.ts";
import { PostNormEncoder } from "../../src/models/post_norm_encoder.ts";
import { uploadPackedInput } from "../../src/nn/packed_input.ts";
import { Tape } from "../../src/ops/tape.ts";
import { testGpu } from "../support/gpu.ts";
import { hiddenLayers, tinyEncoder } from "../support/tiny_encoder.ts";

Deno.test("PostNormEncoder gives what every layer gives, the last as forward() does", async () => {
  const gpu = await testGpu();
  for (const kind of ["bert", "roberta", "distilbert", "mpnet"]) {
    const { store, encoder } = await tinyEncoder(gpu, kind);
    assertEquals(encoder instanceof PostNormEncoder, true);
    store.allocate(() => null, false);
    const layers = await hiddenLayers(gpu, encoder);
    assertEquals(layers.length, 2);
    // One layer alone gives what the first of two gives.
    const count = kind === "distilbert" ? "n_layers" : "num_hidden_layers";
    const short = await tinyEncoder(gpu, kind, { [count]: 1 });
    short.store.allocate(() => null, false);
    assertEquals(await hiddenLayers(gpu, short.encoder), layers.slice(0, 1));
    short.store.destroy();
    store.destroy();
  }
});

Deno.test("PostNormEncoder leaves no memory behind", async () => {
  const gpu = await testGpu();
  const { store, encoder } = await tinyEncoder(gpu, "mpnet");
  store.allocate(() => null, false);
  const batch = collate([{ name: "text", sequences: [Uint32Array.of(2, 5, 7)] }]);
  const { live } = gpu.pool.counters;
  const tape = new Tape(gpu);
  await gpu.read(encoder.forward(tape, uploadPackedInput(tape, batch)));
  tape.end();
  assertEquals(gpu.pool.counters.live, live);
  store.destroy();
});

Deno.test("PostNormEncoder decodes: a token changes those after it in its sequence alone", async () => {
  const gpu = await testGpu();
  const { store, encoder } = await tinyEncoder(gpu, "bert");
  if (!(encoder instanceof PostNormEncoder)) throw new TypeError("wanted a PostNormEncoder");
  store.allocate(() => null, false);
  const decode = async (ids: number[][]) => {
    const tape = new Tape(gpu);
    const sequences = ids.map((sequence) => Uint32Array.from(sequence));
    const input = uploadPackedInput(tape, collate([{ name: "text", sequences }]));
    const seen: number[] = [];
    const hidden = encoder.decode(tape, input, (x, layer) => {
      seen.push(layer);
      return x;
    });
    const y = await gpu.read(hidden);
    tape.end();
    assertEquals(seen, [0, 1]);
    return y;
  };
  const C = encoder.width;
  const before = await decode([[2, 5, 7, 9], [2, 5, 7]]);
  const after = await decode([[2, 5, 8, 9], [2, 5, 7]]);
  const changed = Array.from(
    { length: 7 },
    (_, row) =>
      before.subarray(row * C, (row + 1) * C).some((value, i) => value !== after[row * C + i]),
  );
  assertEquals(changed, [false, false, true, true, false, false, false]);
  assertEquals(encoder.wordTable.shape, [encoder.vocabularySize, C]);
  assertEquals(encoder.layerConfigs.map(({ width }) => width), [C, C]);
  store.destroy();
});

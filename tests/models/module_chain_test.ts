import { assertEquals, assertThrows } from "@std/assert";
import { collate } from "../../src/data/collator.ts";
import { InputError, UsageError } from "../../src/errors.ts";
import { ParameterStore } from "../../src/gpu/parameter_slab.ts";
import type { ModuleConfig } from "../../src/io/module_config.ts";
import { ModuleChain } from "../../src/models/module_chain.ts";
import { add } from "../../src/ops/add.ts";
import { Tape } from "../../src/ops/tape.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu } from "../support/gpu.ts";
import { tinyConfig } from "../support/model_directory.ts";

const MEAN: ModuleConfig = { type: "Pooling", modes: ["mean"], includePrompt: true };
const BATCH = collate([
  { name: "text", sequences: [Uint32Array.of(2, 7, 8, 3), Uint32Array.of(2, 3)] },
]);

async function chainOf(
  config: Record<string, unknown>,
  modules: readonly ModuleConfig[] = [MEAN, { type: "Normalize" }],
) {
  const gpu = await testGpu();
  const store = new ParameterStore(gpu);
  const chain = new ModuleChain(store, { config, modules, seed: 1, source: "dir" });
  store.allocate(() => null, true);
  return { gpu, store, chain };
}

Deno.test("ModuleChain embeds what every layer gives, the last as embed() does, bit for bit", async () => {
  const { gpu, store, chain } = await chainOf(await tinyConfig());
  const { live } = gpu.pool.counters;
  for (const checkpointEvery of [0, 1]) {
    const tape = new Tape(gpu, { recording: true, training: false, checkpointEvery });
    const layers = chain.embedLayers(tape, BATCH);
    const whole = await gpu.read(chain.embed(tape, BATCH));
    assertEquals(layers.map(({ shape }) => shape), [[2, 32], [2, 32]]);
    const [first, last] = [await gpu.read(layers[0]), await gpu.read(layers[1])];
    assertEquals(last, whole);
    assertEquals(first.some((value, i) => value !== last[i]), true);
    tape.end();
  }
  assertEquals(gpu.pool.counters.live, live, "memory stays behind");
  store.destroy();
});

Deno.test("ModuleChain adds the gradients of all layers, kept or run again", async () => {
  const { gpu, store, chain } = await chainOf(await tinyConfig());
  const seed = gpu.upload([2, 32], new Float32Array(64).map((_, i) => Math.sin(i)), "seed");
  const gradientsOf = async (checkpointEvery: number, sums: readonly number[][]) => {
    for (const { gradients } of store.slabs) gpu.recorder.clear(gradients);
    for (const sum of sums) {
      const tape = new Tape(gpu, { recording: true, training: false, checkpointEvery });
      const layers = chain.embedLayers(tape, BATCH);
      tape.backward(sum.map((i) => layers[i]).reduce((a, b) => add(tape, a, b)), seed);
      tape.end();
    }
    return await store.download((slab) => slab.gradients);
  };
  const apart = await gradientsOf(0, [[0], [1]]);
  const together = await gradientsOf(0, [[0, 1]]);
  assertEquals(await gradientsOf(1, [[0, 1]]), together);
  for (const [name, { data }] of together) {
    const expected = apart.get(name)!.data;
    const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    // Gradients that vanish but for rounding stand beside those of about 1.
    const absolute = floatTolerance(64) * Math.max(1, largest);
    assertClose(data, expected, { op: name, absolute, relative: floatTolerance(64) });
  }
  gpu.release(seed);
  store.destroy();
});

Deno.test("ModuleChain gives the tokens' vectors that the pooling would get", async () => {
  const { gpu, store, chain } = await chainOf(await tinyConfig());
  const tape = new Tape(gpu);
  const tokens = chain.embedTokens(tape, BATCH);
  assertEquals(tokens.shape, [6, chain.tokenWidth]);
  const cls = await gpu.read(tokens);
  const mean = await gpu.read(chain.embed(tape, BATCH));
  // The second text has two tokens.
  const sum = cls.subarray(4 * 32, 5 * 32).map((value, i) => value + cls[5 * 32 + i]);
  const length = Math.hypot(...sum);
  const off = Math.max(...sum.map((value, i) => Math.abs(value / length - mean[32 + i])));
  assertEquals(off < 2 ** -20, true, `${off}`);
  tape.end();
  store.destroy();
});

Deno.test("ModuleChain of a table takes texts without a token and has no layers", async () => {
  const config = { model_type: "static-embedding", vocab_size: 9, hidden_size: 8 };
  const { gpu, store, chain } = await chainOf(config, [{ type: "Normalize" }]);
  assertEquals([chain.isStatic, chain.width], [true, 8]);
  const tape = new Tape(gpu);
  const sequences = [new Uint32Array(), Uint32Array.of(4)];
  const batch = collate([{ name: "text", sequences }], null, { allowEmpty: true });
  const values = await gpu.read(chain.embed(tape, batch));
  assertEquals([...values.subarray(0, 8)], Array(8).fill(0));
  assertEquals(Math.abs(Math.hypot(...values.subarray(8)) - 1) < 2 ** -20, true);
  for (
    const embed of [() => chain.embedLayers(tape, batch), () => chain.embedTokens(tape, batch)]
  ) {
    assertThrows(embed, UsageError, "begins with a StaticEmbedding, wanted a Transformer");
  }
  tape.end();
  assertThrows(() => chain.checkVocabulary(10, "dir"), InputError, "has 10 tokens, its model 9");
  chain.checkVocabulary(9, "dir");
  store.destroy();
});

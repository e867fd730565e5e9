import { assertEquals } from "@std/assert";
import { ParameterStore } from "../../src/gpu/parameter_slab.ts";
import { normal } from "../../src/nn/initialize.ts";
import { RelativeBias, relativeBucket } from "../../src/nn/relative_bias.ts";
import { Tape } from "../../src/ops/tape.ts";
import { readGolden } from "../golden/golden.ts";
import { testGpu } from "../support/gpu.ts";

Deno.test("relativeBucket gives the buckets that PyTorch gives for 300 distances on each side", async () => {
  const { recording } = await readGolden("mpnet");
  const buckets = recording.get("buckets")!;
  assertEquals(buckets.length, 300);
  for (const [distance, bucket] of buckets.entries()) {
    assertEquals(relativeBucket(distance, 32, 128), bucket, `distance ${distance}`);
    const mirrored = distance === 0 ? 0 : bucket - 16;
    assertEquals(relativeBucket(-distance, 32, 128), mirrored, `distance ${-distance}`);
  }
});

Deno.test("RelativeBias declares a table that does not decay and uploads the buckets of distances", async () => {
  const gpu = await testGpu();
  const store = new ParameterStore(gpu);
  const bias = new RelativeBias(store, {
    name: "encoder.bias",
    buckets: 8,
    maxDistance: 16,
    heads: 3,
    initialize: normal(1, 1),
  });
  const [{ init }] = store.parameters;
  assertEquals([init.parts, init.shape], [[{ name: "encoder.bias.weight", shape: [8, 3] }], [
    8,
    3,
  ]]);
  assertEquals(init.decay, false);
  store.allocate(() => null, false);
  const tape = new Tape(gpu);
  const { table, buckets } = bias.forAttention(tape);
  assertEquals(table, store.parameters[0].value);
  const expected = Array.from({ length: 33 }, (_, i) => relativeBucket(i - 16, 8, 16));
  assertEquals([...await gpu.readIntegers(buckets)], expected);
  tape.end();
  store.destroy();
});

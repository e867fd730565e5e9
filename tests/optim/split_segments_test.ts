import { assertEquals } from "@std/assert";
import { parameterGroups } from "../../src/optim/parameter_groups.ts";
import { splitSegments } from "../../src/optim/split_segments.ts";
import { testGpu } from "../support/gpu.ts";
import { optimizerStore, type PartShapes } from "../support/optimizer_run.ts";

const PARAMETERS: readonly PartShapes[] = [
  { "a": [64] },
  { "b": [65] },
  { "c": [1] },
  { "d": [64] },
  { "e.bias": [3] },
];

Deno.test("splitSegments divides pieces into runs of one kind, windows of the same slab", async () => {
  const gpu = await testGpu();
  const store = optimizerStore(gpu, PARAMETERS);
  const { segments } = parameterGroups(store, { learningRate: 1 });
  const { chosen, rest } = splitSegments(segments, ({ name }) => "bce".includes(name[0]));
  const described = (pieces: typeof chosen) =>
    pieces.map(({ parameters, values, gradients, decay }) => ({
      names: parameters.map(({ name }) => name),
      at: [values.byteOffset, gradients.byteOffset],
      size: [values.size, gradients.size, values.bindingBytes],
      decay,
    }));
  assertEquals(described(chosen), [
    { names: ["b", "c"], at: [256, 256], size: [192, 192, 768], decay: true },
    { names: ["e.bias"], at: [0, 0], size: [64, 64, 256], decay: false },
  ]);
  assertEquals(described(rest), [
    { names: ["a"], at: [0, 0], size: [64, 64, 256], decay: true },
    { names: ["d"], at: [1024, 1024], size: [64, 64, 256], decay: true },
  ]);
  assertEquals(chosen[0].gradients.allocation, segments[0].gradients.allocation);
  store.destroy();
});

Deno.test("splitSegments leaves pieces of one kind whole", async () => {
  const gpu = await testGpu();
  const store = optimizerStore(gpu, PARAMETERS);
  const { segments } = parameterGroups(store, { learningRate: 1 });
  for (const all of [true, false]) {
    const { chosen, rest } = splitSegments(segments, () => all);
    assertEquals(all ? chosen : rest, segments);
    assertEquals(all ? rest : chosen, []);
  }
  store.destroy();
});

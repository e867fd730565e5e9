import { assert, assertEquals } from "@std/assert";
import { parameterGroups } from "../../../src/optim/parameter_groups.ts";
import { shardSegments } from "../../../src/train/parallel/shard_segments.ts";
import { testGpu } from "../../support/gpu.ts";
import { tinyModel } from "../../support/tiny_training.ts";

Deno.test("shardSegments() gives every parameter to one rank, in order", async () => {
  const model = await tinyModel(await testGpu());
  const { segments } = parameterGroups(model.store, { learningRate: 1 });
  const all = segments.flatMap(({ parameters }) => parameters.map(({ name }) => name));
  assert(all.length > 8);
  for (const size of [1, 2, 3, 8, 100]) {
    const shards = shardSegments(segments, size);
    assertEquals(shards.length, size);
    const names = shards.flat().flatMap(({ parameters }) => parameters.map(({ name }) => name));
    assertEquals(names, all);
    const bytes = shards.flat().reduce((sum, { values }) => sum + values.bytes, 0);
    assertEquals(bytes, segments.reduce((sum, { values }) => sum + values.bytes, 0));
  }
  model.destroy();
});

import { assertEquals } from "@std/assert";
import { ParameterStore } from "../../../src/gpu/parameter_slab.ts";
import { parameterGroups } from "../../../src/optim/parameter_groups.ts";
import { ParameterExchange } from "../../../src/train/parallel/parameter_exchange.ts";
import { shardSegments } from "../../../src/train/parallel/shard_segments.ts";
import { memoryRanks, rankGpus } from "../../support/tiny_ranks.ts";

Deno.test("ParameterExchange gives every rank the parameters of their owners", async () => {
  const devices = await rankGpus(4);
  const found = await Promise.all(
    memoryRanks(4).map(async (communicator, rank) => {
      const gpu = devices[rank];
      const store = new ParameterStore(gpu);
      // Three of equal size: one of the ranks owns none.
      for (let i = 0; i < 3; i++) {
        store.declare({
          parts: [{ name: `p${i}`, shape: [64] }],
          shape: [64],
          decay: true,
          initialize: () => new Float32Array(64).fill(10 * i + rank),
        });
      }
      store.allocate(() => null, true);
      const shards = shardSegments(parameterGroups(store, { learningRate: 1 }).segments, 4);
      const owners = shards.flatMap((segments, owner) => segments.map(() => owner));
      const exchange = new ParameterExchange(gpu, shards, communicator);
      await exchange.share();
      exchange.destroy();
      const values = [...(await store.download()).values()].map(({ data }) => data[63]);
      store.destroy();
      return { values, owners };
    }),
  );
  const [{ owners }] = found;
  assertEquals([owners.length, new Set(owners).size], [3, 3]);
  for (const { values } of found) assertEquals(values, owners.map((owner, i) => 10 * i + owner));
});

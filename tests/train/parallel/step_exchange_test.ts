import { assertEquals } from "@std/assert";
import { ParameterStore } from "../../../src/gpu/parameter_slab.ts";
import { CosineSimilarityLoss } from "../../../src/losses/cosine_similarity_loss.ts";
import { RankGroup } from "../../../src/train/parallel/rank_group.ts";
import { StepExchange } from "../../../src/train/parallel/step_exchange.ts";
import { memoryRanks, rankGpus } from "../../support/tiny_ranks.ts";

/** A batch of so many rows of two tokens. */
function part(rows: number, weight: number) {
  const columns = [{ name: "a", first: 0, count: rows }];
  const ids = new Uint32Array(2 * rows);
  const batch = { ids, positions: ids, sequenceStarts: ids, columns, labels: null };
  return { batch, loss: new CosineSimilarityLoss(), weight };
}

Deno.test("StepExchange makes losses means over all rows, counts, and tells who stops", async () => {
  const devices = await rankGpus(2);
  const stop = new AbortController();
  stop.abort("SIGINT");
  const found = await Promise.all(
    memoryRanks(2).map(async (communicator, rank) => {
      const gpu = devices[rank];
      const store = new ParameterStore(gpu);
      store.declare({
        parts: [{ name: "p", shape: [4] }],
        shape: [4],
        decay: true,
        initialize: () => new Float32Array(4),
      });
      store.allocate(() => null, true);
      const group = new RankGroup(communicator, rank === 1 ? stop.signal : undefined);
      const exchange = new StepExchange(gpu, [store], { group, bucketMb: null });
      // The second batch has one row in all, which is rank 1's; rank 0's loss of it counts for nothing.
      const rooms = rank === 0 ? [[2, 6], [NaN, NaN]] : [[4, 2], [3, 5]];
      const weights = rank === 0 ? [0.75, 0] : [0.25, 1];
      const rows = rank === 0 ? [3, 1] : [1, 1];
      const batches = rooms.map((values, i) => ({
        part: part(rows[i], weights[i]),
        room: gpu.upload([2], Float32Array.from(values), "loss"),
      }));
      const counts = await exchange.reduce(batches);
      const losses = await Promise.all(batches.map(({ room }) => gpu.read(room)));
      exchange.destroy();
      store.destroy();
      return { counts, losses: losses.map((loss) => [...loss]), reason: group.signal.reason };
    }),
  );
  for (const { counts, losses } of found) {
    assertEquals(counts, { rows: 5, tokens: 10 });
    assertEquals(losses, [[2.5, 5], [3, 5]]);
  }
  assertEquals(found.map(({ reason }) => reason), ["another rank", "SIGINT"]);
});

import { assert, assertEquals, assertRejects } from "@std/assert";
import { CollectiveCommunicator } from "../../src/distributed/collective_communicator.ts";
import { shareOf } from "../../src/distributed/share_of.ts";
import { MemoryNetwork, type MemoryTransport } from "./memory_transport.ts";
import { bitsOf, rankValues, sumInOrder } from "./rank_values.ts";

type Options = ConstructorParameters<typeof CollectiveCommunicator>[1];

/** Runs the same on a communicator of every rank. */
function onRanks<T>(
  size: number,
  work: (communicator: CollectiveCommunicator, transport: MemoryTransport) => Promise<T>,
  options: Options = {},
): Promise<T[]> {
  return new MemoryNetwork(size).run((transport) =>
    work(new CollectiveCommunicator(transport, options), transport)
  );
}

Deno.test("CollectiveCommunicator reduces short and long values in the order of ranks", async () => {
  let cases = 0;
  for (const size of [1, 2, 3, 4]) {
    for (const length of [0, 1, 7, 12, 13, 100]) {
      const values = Array.from({ length: size }, (_, rank) => rankValues(length, rank));
      const expected = sumInOrder(values);
      await onRanks(size, async (communicator) => {
        const own = values[communicator.rank].slice();
        const { start, end } = shareOf(length, communicator);
        assertEquals(
          bitsOf(await communicator.reduceScatter(own)),
          bitsOf(expected.subarray(start, end)),
        );
        await communicator.allReduce(own);
        assertEquals(bitsOf(own), bitsOf(expected));
        const ranks = new Float32Array(length).fill(communicator.rank);
        await communicator.allReduce(ranks, { operation: "max" });
        assertEquals(ranks, new Float32Array(length).fill(size - 1));
      }, { blockLength: 40 });
      cases++;
    }
  }
  assertEquals(cases, 24);
});

Deno.test("CollectiveCommunicator gathers different lengths of every type, in any size of message", async () => {
  let cases = 0;
  for (const largestMessage of [7, 64, 1e9]) {
    for (const Kind of [Float32Array, Uint32Array, Uint8Array]) {
      for (const scale of [0, 1, 30]) {
        await onRanks(3, async (communicator) => {
          const of = (rank: number) => new Kind(rank * scale).fill(rank + 5);
          const parts = await communicator.allGather(of(communicator.rank));
          assertEquals(parts, [of(0), of(1), of(2)]);
          assert(parts[1].buffer === parts[2].buffer);
          assertEquals(parts[2].byteOffset, parts[1].byteOffset + parts[1].byteLength);
        }, { largestMessage });
        cases++;
      }
    }
  }
  assertEquals(cases, 27);
});

Deno.test("CollectiveCommunicator broadcasts values and JSON of any rank", async () => {
  await onRanks(3, async (communicator) => {
    const { rank } = communicator;
    for (const [root, length] of [[0, 3], [2, 12], [1, 40]]) {
      const values = new Uint32Array(length).fill(rank + 1);
      await communicator.broadcast(values, root);
      assertEquals(values, new Uint32Array(length).fill(root + 1));
      const text = "ä".repeat(length);
      assertEquals(await communicator.broadcastJson({ rank, text }, root), { rank: root, text });
    }
    const own = { loss: rank, text: "x".repeat(30 * rank) };
    const all = await communicator.gatherJson(own);
    assertEquals(all.map(({ loss, text }) => [loss, text.length]), [[0, 0], [1, 30], [2, 60]]);
    assertEquals(await communicator.broadcastJson(rank === 1 ? "a" : undefined, 1), "a");
  }, { largestMessage: 50 });
});

Deno.test("CollectiveCommunicator.agree tells all ranks whether any and whether all say yes", async () => {
  for (const [yes, any, all] of [[0, false, false], [1, true, false], [3, true, true]] as const) {
    const answers = await onRanks(3, (communicator) => communicator.agree(communicator.rank < yes));
    assertEquals(answers, Array.from({ length: 3 }, () => ({ any, all })));
  }
});

Deno.test("CollectiveCommunicator carries out calls in order, none beside another", async () => {
  await onRanks(2, async (communicator) => {
    const order: string[] = [];
    const first = Float32Array.from({ length: 100 }, () => 1);
    await Promise.all([
      communicator.allReduce(first).then(() => order.push("sum")),
      communicator.barrier().then(() => order.push("barrier")),
      communicator.allReduce(first).then(() => order.push("again")),
      communicator.gatherJson("x".repeat(99)).then(() => order.push("json")),
    ]);
    assertEquals(order, ["sum", "barrier", "again", "json"]);
    assertEquals(first[99], 4);
  });
});

Deno.test("CollectiveCommunicator refuses calls that ranks do not make alike, and goes on", async () => {
  const errors = await onRanks(3, async (communicator) => {
    const length = communicator.rank === 2 ? 4 : 100;
    const error = await assertRejects(() => communicator.allReduce(new Float32Array(length)));
    assertEquals(await communicator.agree(true), { any: true, all: true });
    return (error as Error).message;
  });
  assertEquals(new Set(errors).size, 1);
  assert(
    errors[0].includes("found allReduce(100 x f32, sum) on rank 0 and allReduce(4 x f32, sum)"),
  );
});

Deno.test("CollectiveCommunicator refuses roots that are no rank, and calls after finish", async () => {
  await onRanks(2, async (communicator, transport) => {
    await assertRejects(
      () => communicator.broadcast(new Uint8Array(1), 2),
      RangeError,
      "Cannot broadcast: found root 2, wanted a rank from 0 to 1",
    );
    const last = communicator.agree(true);
    await communicator.finish();
    await communicator.finish();
    assert(transport.finished);
    assertEquals((await last).all, true);
    await assertRejects(() => communicator.barrier(), Error, "the communicator is finished");
  });
});

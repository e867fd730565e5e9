import { assertEquals } from "@std/assert";
import { AllReducer } from "../../src/distributed/all_reducer.ts";
import { shareOf } from "../../src/distributed/share_of.ts";
import { MemoryNetwork } from "./memory_transport.ts";
import { bitsOf, rankValues, sumInOrder } from "./rank_values.ts";

Deno.test("AllReducer sums in the order of ranks, whatever the block", async () => {
  let cases = 0;
  for (const size of [1, 2, 3, 4]) {
    for (const length of [1, 7, 8, 9, 100]) {
      const values = Array.from({ length: size }, (_, rank) => rankValues(length, rank));
      const expected = sumInOrder(values);
      for (const block of [1, 8, 1000]) {
        await new MemoryNetwork(size).run(async (transport) => {
          const reducer = new AllReducer(transport, block);
          const own = values[transport.rank].slice();
          const { start, end } = shareOf(length, transport);
          const share = await reducer.reduceScatter(own, {});
          assertEquals(bitsOf(share), bitsOf(expected.subarray(start, end)));
          assertEquals(bitsOf(own), bitsOf(values[transport.rank]));
          await reducer.allReduce(own, {});
          assertEquals(bitsOf(own), bitsOf(expected));
        });
        cases++;
      }
    }
  }
  assertEquals(cases, 60);
});

Deno.test("AllReducer sends the next block before it gathers this one", async () => {
  const network = new MemoryNetwork(2);
  await network.run((transport) =>
    new AllReducer(transport, 4).allReduce(new Float32Array(10), {})
  );
  assertEquals(network.log, [
    "exchangeBlocks",
    "exchangeBlocks",
    "allGatherBlocks",
    "exchangeBlocks",
    "allGatherBlocks",
    "allGatherBlocks",
  ]);
});

Deno.test("AllReducer gives all ranks the same bits with halves too, close to the sum", async () => {
  const [size, length] = [3, 200];
  const values = Array.from(
    { length: size },
    (_, rank) => rankValues(length, rank).map((x) => Math.fround(Math.sin(x))),
  );
  const results = await new MemoryNetwork(size).run(async (transport) => {
    const own = values[transport.rank].slice();
    await new AllReducer(transport, 64).allReduce(own, { compression: "f16" });
    return own;
  });
  for (const result of results) assertEquals(bitsOf(result), bitsOf(results[0]));
  for (let i = 0; i < length; i++) {
    const exact = values.reduce((sum, of) => sum + of[i], 0);
    const magnitude = values.reduce((sum, of) => sum + Math.abs(of[i]), 0);
    // Each value and the sum are rounded to 11 bits, two additions to 24; the largest value is 1.
    const bound = 2 ** -11 * (2 * magnitude) * (1 + 2 ** -10) + 2 ** -23 * magnitude + 2 ** -36;
    const error = Math.abs(results[0][i] - exact);
    assertEquals(error <= bound, true, `${error} > ${bound} at ${i}`);
  }
});

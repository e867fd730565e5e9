import { assert, assertEquals } from "@std/assert";
import { HALVES, partsOf, PLAIN, ReduceSlot } from "../../src/distributed/reduce_slot.ts";
import { MemoryNetwork } from "./memory_transport.ts";
import { bitsOf, rankValues, sumInOrder } from "./rank_values.ts";

Deno.test("ReduceSlot gives each rank its part of the sum in order, and then all parts to all", async () => {
  let cases = 0;
  for (const size of [1, 2, 3, 4]) {
    for (const length of [1, size, 50]) {
      const values = Array.from({ length: size }, (_, rank) => rankValues(length, rank));
      const expected = sumInOrder(values);
      await new MemoryNetwork(size).run(async (transport) => {
        const slot = new ReduceSlot(transport, "sum", PLAIN);
        const block = values[transport.rank].slice();
        await slot.exchange(partsOf(block, size), block);
        const mine = partsOf(expected, size)[transport.rank];
        assertEquals(bitsOf(slot.reduce()), bitsOf(mine));
        await slot.gather(block);
        assertEquals(bitsOf(block), bitsOf(expected));
      });
      cases++;
    }
  }
  assertEquals(cases, 12);
});

Deno.test("ReduceSlot takes parts that lie apart, and is used again for shorter and longer ones", async () => {
  for (const coding of [PLAIN, HALVES]) {
    await new MemoryNetwork(2).run(async (transport) => {
      const slot = new ReduceSlot(transport, "max", coding);
      for (const length of [3, 1, 5]) {
        const part = (to: number) => new Float32Array(length).fill(2 ** (transport.rank + 3 * to));
        await slot.exchange([part(0), part(1)]);
        assertEquals(slot.reduce(), new Float32Array(length).fill(2 ** (1 + 3 * transport.rank)));
      }
    });
  }
});

Deno.test("ReduceSlot sends half the bytes as halves, with a scale for every part", async () => {
  const sent = [];
  for (const coding of [PLAIN, HALVES]) {
    const network = new MemoryNetwork(2);
    await network.run(async (transport) => {
      const slot = new ReduceSlot(transport, "sum", coding);
      await slot.exchange(partsOf(new Float32Array(1000), 2));
    });
    sent.push(network.sent[0]);
  }
  assertEquals(sent, [2000, 1004]);
  assert(HALVES.size(0) === 4);
});

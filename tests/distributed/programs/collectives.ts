/** Every rank checks what it gets, and prints how many checks it made. */
import { assert, assertEquals } from "@std/assert";
import type { Communicator } from "../../../src/distributed/communicator.ts";
import { communicatorForProcess } from "../../../src/distributed/communicator_for_process.ts";
import { shareOf } from "../../../src/distributed/share_of.ts";
import { bitsOf, rankValues, sumInOrder } from "../rank_values.ts";

let checks = 0;

function same(found: Uint32Array, wanted: Uint32Array): void {
  assertEquals(found.length, wanted.length);
  const at = found.findIndex((bits, i) => bits !== wanted[i]);
  assert(at === -1, `element ${at} of ${found.length}: ${found[at]} for ${wanted[at]}`);
  checks++;
}

/** Sums bit for bit in the order of ranks. */
async function checkSums(communicator: Communicator): Promise<void> {
  const { rank, size } = communicator;
  for (const length of [0, 1, 7, 1000, 1e6]) {
    const values = Array.from({ length: size }, (_, r) => rankValues(length, r));
    const expected = bitsOf(sumInOrder(values));
    for (let repeat = 0; repeat < 2; repeat++) {
      const own = values[rank].slice();
      await communicator.allReduce(own);
      same(bitsOf(own), expected);
    }
    const { start, end } = shareOf(length, communicator);
    const share = await communicator.reduceScatter(values[rank]);
    same(bitsOf(share), expected.subarray(start, end));
    const reversed = bitsOf(sumInOrder(values.toReversed()));
    // Or the check above would hold for any order.
    assertEquals(reversed.some((bits, i) => bits !== expected[i]), size > 2 && length >= 1000);
  }
}

/** Halves are within their bound and the same on all ranks. */
async function checkHalves(communicator: Communicator): Promise<void> {
  const { rank, size } = communicator;
  const length = 1e5;
  const values = Array.from({ length: size }, (_, r) => rankValues(length, r).map(Math.sin));
  const own = values[rank].slice();
  await communicator.allReduce(own, { compression: "f16" });
  for (let i = 0; i < length; i++) {
    const exact = values.reduce((sum, of) => sum + of[i], 0);
    const magnitude = values.reduce((sum, of) => sum + Math.abs(of[i]), 0);
    const bound = 2 ** -10 * magnitude * (1 + 2 ** -10) + size * 2 ** -24 * magnitude +
      2 * size * 2 ** -39;
    assert(Math.abs(own[i] - exact) <= bound, `${own[i]} for ${exact} at ${i}`);
  }
  for (const other of await communicator.allGather(own)) same(bitsOf(other), bitsOf(own));
}

/** Everything else of the interface. */
async function checkOthers(communicator: Communicator): Promise<void> {
  const { rank, size } = communicator;
  for (const scale of [3, 10_000]) {
    const of = (r: number) => new Uint32Array(r * scale).fill(r + 5);
    const parts = await communicator.allGather(of(rank));
    assertEquals(parts.length, size);
    parts.forEach((part, r) => same(part, of(r)));
    const bytes = new Uint8Array(scale).fill(rank + 1);
    await communicator.broadcast(bytes, size - 1);
    assertEquals(bytes.every((byte) => byte === size), true);
  }
  const larger = new Float32Array(100).fill(rank);
  await communicator.allReduce(larger, { operation: "max" });
  assertEquals(larger, new Float32Array(100).fill(size - 1));
  const text = "x".repeat(100 * rank);
  const gathered = await communicator.gatherJson({ rank, text });
  assertEquals(gathered.map((each) => [each.rank, each.text.length]), [
    ...gathered.map((_, r) => [r, 100 * r]),
  ]);
  assertEquals(await communicator.broadcastJson({ rank }, size - 1), { rank: size - 1 });
  assertEquals(await communicator.agree(rank === 0), { any: true, all: size === 1 });
  assertEquals([communicator.localRank, communicator.localSize], [rank, size]);
  checks++;
}

/** Timers go on while a rank waits for another, and calls made meanwhile wait for their turn. */
async function checkTimers(communicator: Communicator): Promise<void> {
  let ticks = 0;
  const timer = setInterval(() => ticks++, 5);
  if (communicator.rank === 1) await new Promise((resolve) => setTimeout(resolve, 300));
  const before = ticks;
  const [, all] = await Promise.all([
    communicator.barrier(),
    communicator.allGather(
      Uint8Array.of(communicator.rank),
    ),
  ]);
  clearInterval(timer);
  if (communicator.rank === 0 && communicator.size > 1) {
    assert(ticks - before >= 10, `${ticks - before} ticks`);
  }
  assertEquals(all.map(([rank]) => rank), all.map((_, rank) => rank));
  checks++;
}

const communicator = communicatorForProcess({ timeout: 60 });
await checkSums(communicator);
await checkHalves(communicator);
await checkOthers(communicator);
await checkTimers(communicator);
console.log(`rank ${communicator.rank} of ${communicator.size}: ${checks} checks`);
await communicator.finish();

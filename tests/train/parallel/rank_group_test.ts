import { assertEquals, assertRejects } from "@std/assert";
import { OutputError } from "../../../src/errors.ts";
import { onceFor, RankGroup } from "../../../src/train/parallel/rank_group.ts";
import { memoryRanks } from "../../support/tiny_ranks.ts";

const groups = (size: number) => memoryRanks(size).map((each) => new RankGroup(each));

Deno.test("RankGroup.once() does something on rank 0 and tells all what it gave", async () => {
  const worked: number[] = [];
  const found = await Promise.all(
    groups(3).map((group) => group.once(() => (worked.push(group.rank), { from: group.rank }))),
  );
  assertEquals([worked, found], [[0], [{ from: 0 }, { from: 0 }, { from: 0 }]]);
});

Deno.test("RankGroup.once() does it on each machine, as save_on_each_node wants", async () => {
  const worked: number[] = [];
  await Promise.all(
    memoryRanks(4).map((communicator) => {
      Object.assign(communicator, { localRank: communicator.rank % 2 });
      const group = new RankGroup(communicator);
      return group.once(() => void worked.push(group.rank), { perNode: true });
    }),
  );
  assertEquals(worked.sort(), [0, 2]);
});

Deno.test("RankGroup.once() fails on all ranks with the class and the rank of the error", async () => {
  const results = await Promise.allSettled(
    groups(2).map((group) =>
      group.once(() => {
        throw new OutputError("the disk is full");
      })
    ),
  );
  const reasons = results.map((result) => (result as PromiseRejectedResult).reason);
  assertEquals(reasons.map((reason) => reason instanceof OutputError), [true, true]);
  assertEquals(reasons.map(({ message }) => message), [
    "the disk is full",
    "the disk is full (on rank 0)",
  ]);
});

Deno.test("RankGroup.fromMain() gives all ranks what rank 0 finds, or fails on all", async () => {
  const asked: number[] = [];
  const found = await Promise.all(
    groups(3).map((group) => group.fromMain(() => (asked.push(group.rank), ["a", null, 2]))),
  );
  assertEquals([asked, found], [[0], [["a", null, 2], ["a", null, 2], ["a", null, 2]]]);
  const results = await Promise.allSettled(
    groups(2).map((group) =>
      group.fromMain(() => {
        throw new OutputError("gone");
      })
    ),
  );
  const reasons = results.map((result) => (result as PromiseRejectedResult).reason);
  assertEquals(reasons.map((reason) => reason instanceof OutputError), [true, true]);
  assertEquals(reasons.map(({ message }) => message), ["gone", "gone (on rank 0)"]);
});

Deno.test("RankGroup.stop() gives the reason that this rank has", () => {
  const own = new AbortController();
  const [first, second] = memoryRanks(2).map((each, rank) =>
    new RankGroup(each, rank === 0 ? own.signal : undefined)
  );
  own.abort("SIGTERM");
  assertEquals([first.wantsToStop, second.wantsToStop], [true, false]);
  assertEquals([first.signal.aborted, second.signal.aborted], [false, false]);
  first.stop();
  second.stop();
  assertEquals([first.signal.reason, second.signal.reason], ["SIGTERM", "another rank"]);
});

Deno.test("onceFor() simply works where there is one process", async () => {
  assertEquals(await onceFor(null, () => 3), 3);
  await assertRejects(() => onceFor(null, () => Promise.reject(new TypeError("no"))), TypeError);
});

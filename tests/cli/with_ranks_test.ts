import { assertEquals, assertRejects } from "@std/assert";
import { StoppedRun } from "../../src/cli/stop_signals.ts";
import { withRanks } from "../../src/cli/with_ranks.ts";
import type { Communicator } from "../../src/distributed/communicator.ts";
import { SingleProcess } from "../../src/distributed/single_process.ts";
import { UsageError } from "../../src/errors.ts";
import { memoryRanks } from "../support/tiny_ranks.ts";

/** Two ranks, and the codes and reasons with which they end the job. */
function watchedRanks(): { ranks: Communicator[]; ends: string[] } {
  const ends: string[] = [];
  const ranks = memoryRanks(2);
  for (const communicator of ranks) {
    communicator.abort = (code, reason) => {
      ends.push(`${communicator.rank}: ${code}, ${reason}`);
      return Promise.reject(new Error("ended"));
    };
  }
  return { ranks, ends };
}

Deno.test("withRanks() works in this process and leaves the group", async () => {
  const communicator = new SingleProcess();
  const seen: number[] = [];
  await withRanks(({ size }) => Promise.resolve(void seen.push(size)), null, { communicator });
  assertEquals(seen, [1]);
  await assertRejects(() => communicator.barrier(), Error, "the communicator is finished");
  const fails = () => Promise.reject(new UsageError("no"));
  await assertRejects(
    () => withRanks(fails, 60, { communicator: new SingleProcess() }),
    UsageError,
    "no",
  );
});

Deno.test("withRanks() works on every rank, and all leave together", async () => {
  const { ranks, ends } = watchedRanks();
  const seen: number[] = [];
  await Promise.all(
    ranks.map((communicator) =>
      withRanks(({ rank }) => Promise.resolve(void seen.push(rank)), null, { communicator })
    ),
  );
  assertEquals([seen, ends], [[0, 1], []]);
  await assertRejects(() => ranks[1].barrier(), Error, "the communicator is finished");
});

Deno.test("withRanks() ends the job with the reason of the rank that fails", async () => {
  const { ranks: [, communicator], ends } = watchedRanks();
  const work = () => Promise.reject(new UsageError("there is no such flag"));
  await assertRejects(() => withRanks(work, null, { communicator }), Error, "ended");
  assertEquals(ends, ["1: 2, there is no such flag"]);
});

Deno.test("withRanks() leaves the group where all ranks were stopped", async () => {
  const { ranks, ends } = watchedRanks();
  const work = () => Promise.reject(new StoppedRun("stopped", 143));
  const results = await Promise.allSettled(
    ranks.map((communicator) => withRanks(work, null, { communicator })),
  );
  assertEquals(results.map(({ status }) => status), ["rejected", "rejected"]);
  assertEquals(ends, []);
});

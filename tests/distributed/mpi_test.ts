import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { startMpi } from "../../src/distributed/mpi.ts";
import { runRanks } from "../support/mpi.ts";

for (const ranks of [2, 3, 4]) {
  Deno.test(`startMpi makes a communicator of ${ranks} ranks that agree bit for bit`, async () => {
    const { code, out, err } = await runRanks("collectives.ts", { ranks });
    assertEquals([code, err], [0, ""]);
    const sums = 5 * 3;
    const others = ranks + 2 * ranks + 2;
    const expected = Array.from(
      { length: ranks },
      (_, rank) => `rank ${rank} of ${ranks}: ${sums + others} checks`,
    );
    assertEquals(out.trim().split("\n").sort(), expected);
  });
}

const WAITING = /rank (\d) of 3 was told to end \(SIGTERM\) .* into allReduce\(100 x f32, sum\): /g;

/** The ranks that said why they ended. */
function ranksTold(err: string): string[] {
  return [...err.matchAll(WAITING)].map(([, rank]) => rank).sort();
}

Deno.test("startMpi's ranks end in time when one never comes, saying which call of which rank", async () => {
  const { code, err, seconds } = await runRanks("lost_rank.ts", { ranks: 3, args: ["hangs", "4"] });
  assertEquals(code, 1);
  assertMatch(
    err,
    /rank [02] of 3 ends the job: allReduce\(100 x f32, sum\) did not complete within 4 s/,
  );
  assert(seconds >= 4 && seconds < 30, `${seconds} s`);
});

/** What the launcher grants ranks between SIGTERM and SIGKILL: the usual second is short on a busy machine. */
const GRACE = { OMPI_MCA_odls_base_sigkill_timeout: "4" };

Deno.test("startMpi's ranks say that the job lost a rank when one is killed", async () => {
  const options = { ranks: 3, args: ["is killed", "60"], env: GRACE };
  const { code, err, seconds } = await runRanks("lost_rank.ts", options);
  assertEquals([code, ranksTold(err)], [137, ["0", "2"]], err);
  assertStringIncludes(err, "the job lost a rank");
  assertStringIncludes(err, "exited on signal 9");
  assert(seconds < 60, `${seconds} s`);
});

Deno.test("startMpi leaves the end at SIGTERM to others where it is asked to", async () => {
  const options = { ranks: 3, args: ["is killed", "60", "listens"], env: GRACE };
  const { code, err } = await runRanks("lost_rank.ts", options);
  assertEquals([code, ranksTold(err)], [137, ["0", "2"]], err);
  const cleaned = err.match(/rank [02] cleaned up/g)?.sort();
  assertEquals(cleaned, ["rank 0 cleaned up", "rank 2 cleaned up"]);
});

Deno.test("startMpi's ranks do not wait for one that throws, aborts or leaves", async () => {
  const fates: [string, number, string][] = [
    ["throws", 1, "Error: rank 1 has no data"],
    ["aborts", 9, "Rank 1 of 3 ends the job: rank 1 has no data"],
    ["leaves", 1, "exiting improperly"],
  ];
  for (const [fate, expected, reason] of fates) {
    const { code, err, seconds } = await runRanks("lost_rank.ts", { ranks: 3, args: [fate, "60"] });
    assertEquals(code, expected, err);
    assertStringIncludes(err, reason);
    assert(!err.includes("did not complete") && seconds < 60, err);
  }
  assertEquals(fates.length, 3);
});

Deno.test("startMpi's ranks refuse a call that one of them does not make", async () => {
  const { code, err } = await runRanks("lost_rank.ts", { ranks: 3, args: ["calls another", "60"] });
  assertEquals(code, 1);
  assertStringIncludes(
    err,
    "ranks disagree: found allReduce(100 x f32, sum) on rank 0 and barrier() on rank 1",
  );
});

Deno.test("startMpi refuses a timeout that is not positive", () => {
  for (const timeout of [0, -1, NaN]) {
    assertThrows(() => startMpi({ timeout }), UsageError, `found a timeout of ${timeout} s`);
  }
});

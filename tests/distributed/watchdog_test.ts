import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Watchdog } from "../../src/distributed/watchdog.ts";

/** A watchdog that tells what it does instead of doing it. */
function watched(seconds: number) {
  const events: string[] = [];
  const watchdog = new Watchdog({
    rank: 1,
    size: 4,
    seconds,
    abort: (code) => events.push(`abort ${code}`),
    say: (line) => events.push(line),
    exit: (code) => events.push(`exit ${code}`),
  });
  return { watchdog, events };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

Deno.test("Watchdog ends the job when a call takes too long, naming call, rank and time", async () => {
  const { watchdog, events } = watched(0.02);
  const { promise, resolve } = Promise.withResolvers<void>();
  const call = watchdog.watch("allReduce(5 x f32, sum)", () => promise);
  await until(() => events.length === 2);
  assertMatch(
    events[0],
    /rank 1 of 4 ends the job: allReduce\(5 x f32, sum\) did not complete within 0\.02 s/,
  );
  assertEquals(events[1], "abort 1");
  resolve();
  await call;
  watchdog.close();
});

Deno.test("Watchdog lets calls pass that end in time, and their errors", async () => {
  const { watchdog, events } = watched(1e9);
  assertEquals(await watchdog.watch("barrier()", () => Promise.resolve(3)), 3);
  await assertRejects(
    () => watchdog.watch("barrier()", () => Promise.reject(new RangeError("no"))),
    RangeError,
    "no",
  );
  assertEquals(events, []);
  watchdog.close();
});

Deno.test("Watchdog says at SIGTERM what the rank was waiting for, until it is closed", async () => {
  const { watchdog, events } = watched(100);
  const { promise, resolve } = Promise.withResolvers<void>();
  const call = watchdog.watch("barrier()", () => promise);
  Deno.kill(Deno.pid, "SIGTERM");
  await until(() => events.length === 2);
  assertMatch(
    events[0],
    /rank 1 of 4 was told to end \(SIGTERM\) \d+\.\d s into barrier\(\): the job lost a rank/,
  );
  assertEquals(events[1], "exit 143");
  resolve();
  await call;
  Deno.kill(Deno.pid, "SIGTERM");
  await until(() => events.length === 4);
  assertMatch(events[2], /told to end \(SIGTERM\) between calls/);
  watchdog.close();
});

import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { Speedometer } from "../../src/train/speedometer.ts";

const wait = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

Deno.test("Speedometer counts what was read back, and no pauses", async () => {
  const speed = new Speedometer();
  const none = { pairsPerSecond: null, tokensPerSecond: null, secondsLeft: null };
  assertEquals(speed.rates(10), none);
  speed.start();
  speed.add(8, 100);
  speed.add(8, 100);
  await wait(20);
  speed.read();
  const goOn = speed.pause();
  await wait(200);
  goOn();
  speed.add(8, 100);
  const { pairsPerSecond, tokensPerSecond, secondsLeft } = speed.rates(4);
  assertEquals(speed.rows, 24);
  // Two quotients and their quotient, each rounded once.
  assertAlmostEquals(tokensPerSecond! / pairsPerSecond!, 12.5, 12.5 * 3 * Number.EPSILON);
  assert(Math.abs(secondsLeft! - 2 * speed.seconds) < 1e-9);
  assert(speed.seconds >= 0.015 && speed.seconds < 0.15);
  assert(speed.sinceRead() < 0.15);
  await wait(5);
  speed.read();
  assert(speed.seconds < 0.2);
});

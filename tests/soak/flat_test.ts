import { assertEquals } from "@std/assert";
import { flat } from "./flat.ts";
import { growth } from "./memory_sample.ts";

Deno.test("memory of host and GPU stays flat over 300 steps", async () => {
  const samples = await flat(300);
  assertEquals(samples.map(({ step }) => step), Array.from({ length: 10 }, (_, i) => 30 * i + 30));
  // Garbage is not collected here: what it comes to in 270 steps of the tiny model.
  assertEquals(growth(samples[0], samples.at(-1)!, { heap: 2 ** 25 }), []);
});

Deno.test("growth tells of what is held more and more", () => {
  const first = { step: 0, rss: 1e8, heap: 1e7, pool: 1e6, live: 100, mostPooled: 1e6, files: 12 };
  assertEquals(growth(first, { ...first, step: 1000 }), []);
  const grown = { step: 1000, rss: 2e8, heap: 2e7, pool: 1e6 + 257_000, live: 101, files: 13 };
  const leaky = { ...first, ...grown };
  assertEquals(growth(first, leaky).map((line) => line.split(" ")[0]), [
    "rss",
    "heap",
    "pool",
    "1",
    "1",
  ]);
});

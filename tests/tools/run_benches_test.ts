import { assert, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { benchFiles, listBenches } from "../../tools/run_benches.ts";

/** What a step of training consists of. */
const OPS = [
  "adamw",
  "attention",
  "clip_grad_norm",
  "dropout",
  "embedding",
  "hidden_activation",
  "layer_norm",
  "linear",
  "matmul",
  "pool",
  "similarity_cross_entropy",
];

Deno.test("benchFiles() finds a bench for every op that matters, and for the step", async () => {
  const benches = await listBenches();
  const found = benchFiles(OPS, benches);
  assertEquals(found, OPS.map((op) => `bench/ops/${op}_bench.ts`));
  assertEquals(found.length, 11);
  assertEquals(benchFiles(["step"], benches), ["bench/step_bench.ts"]);
  assertEquals(benchFiles([], benches), benches);
  assert(benches.length >= 12);
});

Deno.test("benchFiles() takes names, file names and paths, in their order", () => {
  const benches = ["bench/ops/a_bench.ts", "bench/b_bench.ts"];
  const [a, b] = benches;
  assertEquals(benchFiles(["b", "a"], benches), [b, a]);
  assertEquals(benchFiles(["a_bench.ts", "bench/b_bench.ts"], benches), [a, b]);
});

Deno.test("benchFiles() refuses what is no bench, and names the nearest", () => {
  const benches = ["bench/ops/linear_bench.ts", "bench/ops/pool_bench.ts"];
  for (const name of ["liner", "elsewhere/linear_bench.ts", ""]) {
    assertThrows(
      () => benchFiles([name], benches),
      UsageError,
      `Cannot run bench "${name}": there are linear, pool`,
    );
  }
  assertThrows(() => benchFiles(["liner"], benches), UsageError, "the nearest is");
});

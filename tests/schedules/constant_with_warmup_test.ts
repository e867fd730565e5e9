import { assertEquals } from "@std/assert";
import { constantWithWarmup } from "../../src/schedules/constant_with_warmup.ts";

Deno.test("constantWithWarmup() rises to 1 and stays there", () => {
  const schedule = constantWithWarmup({ warmupSteps: 4 });
  assertEquals([0, 1, 2, 3, 4, 5, 1000].map(schedule), [0, 1 / 4, 1 / 2, 3 / 4, 1, 1, 1]);
});

Deno.test("constantWithWarmup() without warmup is 1 from the first step", () => {
  assertEquals([0, 1].map(constantWithWarmup({ warmupSteps: 0 })), [1, 1]);
});

import { assertEquals, assertThrows } from "@std/assert";
import { samplerOf } from "../../../src/data/samplers/sampler.ts";

Deno.test("sampler: an epoch is drawn once as long as no other is asked for", () => {
  const drawn: number[] = [];
  const sampler = samplerOf({ batchSize: 1, dropLast: false, seed: 0 }, (epoch) => {
    drawn.push(epoch);
    return Array.from({ length: epoch + 1 }, () => Uint32Array.of(epoch));
  });
  assertEquals(sampler.steps(1), 2);
  assertEquals(sampler.batches(1), [Uint32Array.of(1), Uint32Array.of(1)]);
  assertEquals(sampler.steps(0), 1);
  assertEquals(sampler.steps(0), 1);
  assertEquals(sampler.steps(1), 2);
  assertEquals(drawn, [1, 0, 1]);
});

Deno.test("sampler: a known number of steps needs no drawing", () => {
  const draw = () => {
    throw new Error("drawn");
  };
  const options = { batchSize: 1, dropLast: false, seed: 0 };
  const sampler = samplerOf(options, draw, 7);
  assertEquals([sampler.steps(3), sampler.constantSteps], [7, true]);
  assertEquals(samplerOf(options, draw).constantSteps, false);
});

Deno.test("sampler: a batch size that is no positive integer is refused", () => {
  for (const batchSize of [0, -1, 2.5, NaN]) {
    assertThrows(
      () => samplerOf({ batchSize, dropLast: false, seed: 0 }, () => []),
      RangeError,
      `batchSize is ${batchSize}, wanted a positive integer`,
    );
  }
});

import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { checkedSampler } from "../../../src/data/samplers/checked_sampler.ts";
import type { BatchSampler } from "../../../src/data/samplers/sampler.ts";
import { numberedDataset } from "./random_dataset.ts";

const BATCHES = [Uint32Array.of(0, 2), Uint32Array.of(1)];
const dataset = numberedDataset(3);

Deno.test("checkedSampler() hands on what is right", () => {
  const sampler = checkedSampler({ batches: () => BATCHES, steps: () => 2 }, dataset);
  assertStrictEquals(sampler.batches(4), BATCHES);
  assertEquals([sampler.steps(4), sampler.constantSteps], [2, false]);
  class Own implements BatchSampler {
    readonly constantSteps = true;
    readonly #batches = BATCHES;
    batches = () => this.#batches;
    steps(): number {
      return this.#batches.length;
    }
  }
  const own = checkedSampler(new Own(), dataset);
  assertEquals([own.batches(0), own.steps(0), own.constantSteps], [BATCHES, 2, true]);
});

Deno.test("checkedSampler() refuses what is no sampler", () => {
  const batches = () => BATCHES;
  const steps = () => 2;
  const cases: [unknown, string][] = [
    [null, "null"],
    [undefined, "undefined"],
    [7, "7"],
    [{ steps }, "an object without batches()"],
    [{ batches }, "an object without steps()"],
    [{ batches, steps: 2 }, "an object without steps()"],
  ];
  for (const [sampler, found] of cases) {
    assertThrows(
      () => checkedSampler(sampler as BatchSampler, dataset),
      TypeError,
      `Cannot sample from dataset "numbered": the function given as batch sampler returned ${found}, ` +
        "wanted an object with batches(epoch) and steps(epoch)",
    );
  }
});

Deno.test("checkedSampler() refuses another number of batches than was announced", () => {
  for (const announced of [0, 1, 3]) {
    const sampler = checkedSampler({ batches: () => BATCHES, steps: () => announced }, dataset);
    assertThrows(
      () => sampler.batches(5),
      RangeError,
      `Cannot sample from dataset "numbered": its sampler announces ${announced} batches for epoch 5 ` +
        "and gives 2; steps(epoch) must be the length of batches(epoch)",
    );
  }
  const changing = checkedSampler({
    batches: () => BATCHES,
    steps: (epoch) => epoch === 0 ? 1 : 2,
    constantSteps: true,
  }, dataset);
  assertThrows(
    () => changing.batches(1),
    RangeError,
    "announces 1 batches for epoch 1 and gives 2",
  );
  for (const announced of [NaN, -1, 1.5, Infinity, "2", undefined]) {
    const steps = () => announced as number;
    assertThrows(
      () => checkedSampler({ batches: () => BATCHES, steps }, dataset).steps(5),
      RangeError,
      `its sampler announces ${announced} batches for epoch 5, wanted a whole number`,
    );
  }
});

Deno.test("checkedSampler() refuses what are no batches of the dataset's rows", () => {
  const failure = (drawn: unknown, kind: typeof TypeError | typeof RangeError) =>
    assertThrows(
      () =>
        checkedSampler({ batches: () => drawn as Uint32Array[], steps: () => 1 }, dataset).batches(
          0,
        ),
      kind,
    ).message;
  const failed = 'Cannot sample from dataset "numbered": ';
  assertEquals(
    failure(null, TypeError),
    `${failed}its sampler gives null for epoch 0, wanted a list of batches`,
  );
  assertEquals(
    failure([[0, 1]], TypeError),
    `${failed}batch 0 is 0,1, wanted row indices as a Uint32Array`,
  );
  assertEquals(failure([Uint32Array.of()], RangeError), `${failed}batch 0 is empty`);
  assertEquals(
    failure([Uint32Array.of(2, 3)], RangeError),
    `${failed}batch 0 has row 3, but there are 3`,
  );
});

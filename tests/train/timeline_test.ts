import { assertEquals, assertThrows, fail } from "@std/assert";
import type { BatchSampler } from "../../src/data/samplers/sampler.ts";
import { UsageError } from "../../src/errors.ts";
import { Timeline } from "../../src/train/timeline.ts";

/** Epochs of so many batches, one row each; the last count goes on. */
function sampler(...steps: number[]): BatchSampler {
  const count = (epoch: number) => steps[Math.min(epoch, steps.length - 1)];
  return {
    steps: count,
    batches: (epoch) =>
      Array.from({ length: count(epoch) }, (_, i) => Uint32Array.of(100 * epoch + i)),
  };
}

Deno.test("Timeline finds the epoch and the place of a step, from any step on", () => {
  const places = (timeline: Timeline) =>
    [0, 1, 2, 3, 4, 5].map((step) => {
      const { epoch, index, steps } = timeline.locate(step);
      return `${epoch}:${index}/${steps}`;
    });
  const expected = ["0:0/3", "0:1/3", "0:2/3", "1:0/2", "1:1/2", "2:0/2"];
  assertEquals(places(new Timeline(sampler(3, 2), 1)), expected);
  const late = new Timeline(sampler(3, 2), 1);
  assertEquals(late.locate(5).epoch, 2);
  assertEquals(places(late), expected);
});

Deno.test("Timeline groups batches; the last step of an epoch may have fewer", () => {
  const timeline = new Timeline(sampler(5), 2);
  const rows = [0, 1, 2, 3].map((step) =>
    timeline.batches(timeline.locate(step)).map((batch) => batch[0])
  );
  assertEquals(rows, [[0, 1], [2, 3], [4], [100, 101]]);
});

Deno.test("Timeline counts the steps of epochs and of fractions, rounded up", () => {
  const timeline = new Timeline(sampler(5, 3), 2);
  const counts = [0, 0.1, 0.5, 1, 1.5, 2, 3].map((epochs) => timeline.stepsOf(epochs));
  assertEquals(counts, [0, 1, 2, 3, 4, 5, 7]);
});

Deno.test("Timeline tells the epochs done, fractions included", () => {
  const timeline = new Timeline(sampler(4, 2), 1);
  assertEquals([0, 1, 4, 5, 6, 7].map((step) => timeline.epochAfter(step)), [
    0,
    0.25,
    1,
    1.5,
    2,
    2.5,
  ]);
});

Deno.test("Timeline refuses an epoch without a batch", () => {
  assertThrows(
    () => new Timeline(sampler(0), 1).locate(0),
    UsageError,
    "epoch 0 has no batch; lower per_device_train_batch_size",
  );
});

Deno.test("Timeline computes instead of walking where all epochs are alike", () => {
  const alike = (count: number): BatchSampler => ({
    constantSteps: true,
    steps: (epoch) => epoch === 0 ? count : fail("walked"),
    batches: () => fail("drew"),
  });
  const timeline = new Timeline(alike(5), 2);
  assertEquals(timeline.stepsOf(1e6), 3e6);
  assertEquals(timeline.locate(2_999_999), { epoch: 999_999, index: 2, steps: 3 });
  assertThrows(() => timeline.stepsOf(1e9), UsageError, "makes 3000000000 steps");
  assertThrows(
    () => new Timeline(alike(0), 2).stepsOf(1),
    UsageError,
    "epoch 0 has no batch",
  );
});

Deno.test("Timeline tells the most batches of a step, however many are accumulated", () => {
  const most = (accumulation: number) => {
    const timeline = new Timeline(sampler(3, 7, 2), accumulation);
    timeline.stepsOf(3);
    return timeline.mostBatches;
  };
  assertEquals([1, 5, 1_000_000].map(most), [1, 5, 7]);
});

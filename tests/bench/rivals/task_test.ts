import { assertEquals, assertThrows } from "@std/assert";
import { evenBatch, readTask, STANDARD, type StepTask } from "../../../bench/rivals/task.ts";

Deno.test("evenBatch puts positives after anchors", () => {
  const batch = evenBatch({ anchor: [[1, 2], [3, 4]], positive: [[5, 6], [7, 8]] });
  assertEquals(batch, { ids: Int32Array.of(1, 2, 3, 4, 5, 6, 7, 8), sequences: 4, length: 2 });
});

Deno.test("evenBatch refuses sequences of several lengths", () => {
  const message = "found sequences of 2 and of 1 tokens";
  assertThrows(() => evenBatch({ anchor: [[1, 2]], positive: [[3]] }), RangeError, message);
});

Deno.test("readTask folds ids into a smaller vocabulary, and leaves a larger one be", async () => {
  const path = await Deno.makeTempFile();
  try {
    const task: StepTask = {
      what: "step",
      ...STANDARD,
      batches: [{ anchor: [[4096, 5]], positive: [[8191, 0]] }],
    };
    await Deno.writeTextFile(path, JSON.stringify(task));
    const { config, batches } = await readTask(path, 4096);
    assertEquals(config.vocab_size, 4096);
    assertEquals(batches, [{ anchor: [[0, 5]], positive: [[4095, 0]] }]);
    assertEquals(await readTask(path, 8192), task);
    assertEquals(await readTask(path), task);
  } finally {
    await Deno.remove(path);
  }
});

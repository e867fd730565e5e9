import { assertEquals, assertThrows } from "@std/assert";
import { readBack, ScalarLog } from "../../src/gpu/readback.ts";
import { testGpu } from "../support/gpu.ts";

Deno.test("readBack returns exactly the tensor's bytes", async () => {
  const gpu = await testGpu();
  const x = gpu.upload([3], new Float32Array([4, 5, 6]), "x");
  assertEquals(
    new Float32Array(await readBack(gpu.device, gpu.recorder, x)),
    new Float32Array([4, 5, 6]),
  );
  gpu.release(x);
});

Deno.test("ScalarLog keeps the values of the moment, in order, and can be used again", async () => {
  const gpu = await testGpu();
  const log = new ScalarLog(gpu.device, gpu.recorder, 2, 3);
  const value = gpu.tensor([], "value");
  for (const round of [0, 10]) {
    for (let step = 1; step <= 3; step++) {
      gpu.recorder.copy(gpu.constant(round + step), value);
      log.push(step, [value, gpu.constant(-1)]);
    }
    assertEquals(log.full, true);
    assertThrows(() => log.push(4, [value, value]), RangeError, "the log is full");
    assertEquals(
      await log.drain(),
      [1, 2, 3].map((step) => ({ step, values: [round + step, -1] })),
    );
  }
  assertEquals(await log.drain(), []);
  log.destroy();
  gpu.release(value);
});

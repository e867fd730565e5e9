import { assert, assertEquals } from "@std/assert";
import { Gpu } from "../../src/gpu/device.ts";
import type { Profiler } from "../../src/gpu/profiler.ts";
import { AFFINE } from "../support/gpu.ts";

/** Runs `work` with a device that is profiled, and with what records some dispatches on it. */
async function profiled(
  work: (profiler: Profiler, dispatch: (times: number) => void, gpu: Gpu) => Promise<void>,
): Promise<void> {
  const gpu = await Gpu.request();
  const profiler = gpu.startProfiler();
  assertEquals(profiler !== null, gpu.device.features.has("timestamp-query"));
  const [x, y] = [gpu.tensor([64], "x"), gpu.tensor([64], "y")];
  const dispatch = (times: number) => {
    for (let i = 0; i < times; i++) {
      gpu.recorder.dispatch(AFFINE, {
        tensors: { x, y },
        params: { count: 64, scale: 1, shift: 0 },
        workgroups: [1],
      });
    }
  };
  if (profiler !== null) await work(profiler, dispatch, gpu);
  gpu.check();
  gpu.destroy();
}

Deno.test("Profiler counts and times every dispatch by label, or there is none", async () => {
  await profiled(async (profiler, dispatch, gpu) => {
    dispatch(3);
    gpu.recorder.submit();
    const [time, ...others] = await profiler.take();
    assertEquals([time.label, time.count, others.length], ["affine.forward", 3, 0]);
    assert(time.milliseconds > 0 && time.milliseconds < 10_000);
    assertEquals(await profiler.take(), []);
  });
});

Deno.test("Profiler tells submits apart, in order, and leaves out what is not submitted", async () => {
  await profiled(async (profiler, dispatch, gpu) => {
    const before = performance.now();
    for (const times of [2, 1, 4]) {
      dispatch(times);
      gpu.recorder.submit();
    }
    gpu.recorder.clear(gpu.nothing);
    gpu.recorder.submit();
    dispatch(5);
    const submits = await profiler.takeSubmits();
    assertEquals(submits.map(({ dispatches }) => dispatches.length), [2, 1, 4]);
    const moments = [before, ...submits.map(({ submitted }) => submitted), performance.now()];
    assertEquals(moments, [...moments].sort((a, b) => a - b));
    assertEquals(submits[0].dispatches[0].start, 0);
    assert(submits.flatMap(({ dispatches }) => dispatches).every(({ start, end }) => end >= start));
    gpu.recorder.submit();
    assertEquals((await profiler.takeSubmits()).map(({ dispatches }) => dispatches.length), [5]);
  });
});

Deno.test("Profiler times more dispatches than a query set and a staging buffer hold", async () => {
  await profiled(async (profiler, dispatch, gpu) => {
    // A set holds 2,048, a buffer 16,384; neither divides the pieces.
    const pieces = [5000, 1, 2048, 9000, 700];
    for (const times of pieces) {
      dispatch(times);
      gpu.recorder.submit();
    }
    const submits = await profiler.takeSubmits();
    assertEquals(submits.map(({ dispatches }) => dispatches.length), pieces);
    const all = submits.flatMap(({ dispatches }) => dispatches);
    assertEquals(all.length, 16_749);
    // Times that were never written, or written over, would be zero or out of order.
    assert(all.every(({ start, end }) => end > start || end === start && end > 0));
    const unordered = all.filter(({ start }, i) => i > 0 && start < all[i - 1].start);
    assertEquals(unordered.length, 0);
  });
});

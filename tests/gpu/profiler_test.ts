import { assert, assertEquals } from "@std/assert";
import { Gpu } from "../../src/gpu/device.ts";
import { AFFINE } from "../support/gpu.ts";

Deno.test("Profiler counts and times every dispatch by label, or there is none", async () => {
  const gpu = await Gpu.request();
  const profiler = gpu.startProfiler();
  assertEquals(profiler !== null, gpu.device.features.has("timestamp-query"));
  if (profiler !== null) {
    const x = gpu.tensor([64], "x");
    const y = gpu.tensor([64], "y");
    for (let i = 0; i < 3; i++) {
      gpu.recorder.dispatch(AFFINE, {
        tensors: { x, y },
        params: { count: 64, scale: 1, shift: 0 },
        workgroups: [1],
      });
    }
    gpu.recorder.submit();
    const [time, ...others] = await profiler.take();
    assertEquals([time.label, time.count, others.length], ["affine.forward", 3, 0]);
    assert(time.milliseconds > 0 && time.milliseconds < 10_000);
    assertEquals(await profiler.take(), []);
  }
  gpu.destroy();
});

import { assert, assertEquals, assertRejects } from "@std/assert";
import { toHostClock, TraceRecording } from "../../src/gpu/trace_recording.ts";
import { Gpu } from "../../src/gpu/device.ts";
import { AFFINE } from "../support/gpu.ts";

const at = (start: number, end: number, label = "k") => ({ label, start, end });

Deno.test("toHostClock() lets no submit begin before it was handed over, and one begin at once", () => {
  const { dispatches, submits } = toHostClock([
    { submitted: 100, dispatches: [at(0, 2), at(3, 4, "l")] },
    { submitted: 105, dispatches: [at(4, 8)] },
    { submitted: 106, dispatches: [at(8, 9)] },
  ]);
  // The second was handed over at 105 and began at 4: 101 is the least that will do.
  assertEquals(dispatches, [at(101, 103), at(104, 105, "l"), at(105, 109), at(109, 110)]);
  assertEquals(submits, [
    { submitted: 100, start: 101, end: 105 },
    { submitted: 105, start: 105, end: 109 },
    { submitted: 106, start: 109, end: 110 },
  ]);
  assertEquals(toHostClock([]), { dispatches: [], submits: [] });
});

Deno.test("toHostClock() gives the time that two dispatches share to the first", () => {
  const { dispatches } = toHostClock([
    { submitted: 0, dispatches: [at(0, 5), at(3, 7), at(4, 6), at(9, 10)] },
  ]);
  assertEquals(dispatches, [at(0, 5), at(5, 7), at(7, 7), at(9, 10)]);
});

Deno.test("TraceRecording records kernels, spans and memory, and leaves nothing behind", async () => {
  const gpu = await Gpu.request();
  const recording = await TraceRecording.begin(gpu);
  const [x, y] = [gpu.tensor([64], "x"), gpu.tensor([64], "y")];
  const params = { count: 64, scale: 2, shift: 1 };
  {
    using _span = gpu.recorder.spans?.open("work");
    for (let i = 0; i < 3; i++) {
      gpu.recorder.dispatch(AFFINE, { tensors: { x, y }, params, workgroups: [1] });
    }
    await gpu.read(y);
    gpu.recorder.dispatch(AFFINE, { tensors: { x, y }, params, workgroups: [1] });
  }
  const trace = await recording.end();
  assertEquals([gpu.recorder.spans, gpu.recorder.profiler], [null, null]);
  assertEquals(trace.spans.map(({ name }) => name), ["work", "read back", "submit", "submit"]);
  assert(
    trace.spans.every(({ start, end }) => trace.start <= start && start <= end && end <= trace.end),
  );
  assertEquals(trace.samples.length, 8);
  assert(trace.samples.every(({ live, held }) => live >= 2 * 64 * 4 && held >= live));
  if (gpu.device.features.has("timestamp-query")) {
    assertEquals(trace.dispatches!.map(({ label }) => label), Array(4).fill("affine.forward"));
    assertEquals(trace.submits.length, 2);
    assert(trace.submits.every(({ submitted, start, end }) => submitted <= start && start <= end));
    assert(trace.dispatches!.at(-1)!.end <= trace.end);
  } else assertEquals([trace.dispatches, trace.submits.length], [null, 0]);
  gpu.destroy();
});

Deno.test("TraceRecording has the host alone where there are no timestamp queries", async () => {
  const gpu = await Gpu.request();
  gpu.startProfiler = () => null;
  const recording = await TraceRecording.begin(gpu);
  const [x, y] = [gpu.tensor([64], "x"), gpu.tensor([64], "y")];
  const params = { count: 64, scale: 2, shift: 1 };
  gpu.recorder.dispatch(AFFINE, { tensors: { x, y }, params, workgroups: [1] });
  const trace = await recording.end();
  assertEquals([trace.dispatches, trace.submits], [null, []]);
  assertEquals(trace.spans.map(({ name }) => name), ["submit"]);
  gpu.destroy();
});

Deno.test("TraceRecording is one at a time, and can be discarded", async () => {
  const gpu = await Gpu.request();
  const recording = await TraceRecording.begin(gpu);
  await assertRejects(() => TraceRecording.begin(gpu), TypeError, "the device is being traced");
  const [x, y] = [gpu.tensor([64], "x"), gpu.tensor([64], "y")];
  const params = { count: 64, scale: 2, shift: 1 };
  gpu.recorder.dispatch(AFFINE, { tensors: { x, y }, params, workgroups: [1] });
  recording.discard();
  assertEquals([gpu.recorder.spans, gpu.recorder.profiler], [null, null]);
  await gpu.read(y);
  if (gpu.startProfiler() !== null) {
    await assertRejects(() => TraceRecording.begin(gpu), TypeError, "the device is being profiled");
  }
  gpu.destroy();
});

import { assertEquals, assertRejects } from "@std/assert";
import { DeviceError } from "../../src/errors.ts";
import { OverflowWatch } from "../../src/train/overflow_watch.ts";
import { testGpu } from "../support/gpu.ts";

Deno.test("OverflowWatch names the first tensor that is not finite, and those before it", async () => {
  const gpu = await testGpu();
  const watch = new OverflowWatch(gpu, { gradients: true });
  const tensors = [[1, -4], [0.5, Infinity], [NaN, NaN]].map((values, i) =>
    gpu.upload([2], Float32Array.from(values), `tensor ${i}`)
  );
  for (const tensor of tensors) watch.observe(tensor, "value");
  const error = await assertRejects(() => watch.check(7), DeviceError);
  assertEquals(error.message.split("\n"), [
    'Cannot go on: inf/nan detected at step 7 in "tensor 1"; the tensors up to it, with their smallest and greatest absolute values:',
    "  1.00e+0 4.00e+0 tensor 0",
    "  5.00e-1 5.00e-1 tensor 1 (1 not finite)",
  ]);
  watch.observe(tensors[0], "value");
  await watch.check(8);
  gpu.release(...tensors);
  watch.destroy();
});

Deno.test("OverflowWatch lists as many tensors before the bad one as upstream", async () => {
  const gpu = await testGpu();
  const watch = new OverflowWatch(gpu, { gradients: true });
  const good = gpu.upload([1], Float32Array.of(1), "good");
  const bad = gpu.upload([1], Float32Array.of(NaN), "bad");
  for (let i = 0; i < 40; i++) watch.observe(good, "value");
  watch.observe(bad, "gradient");
  const error = await assertRejects(() => watch.check(1), DeviceError);
  assertEquals(error.message.split("\n").length, 1 + 21);
  gpu.release(good, bad);
  watch.destroy();
});

Deno.test("OverflowWatch leaves gradients alone where the loss is scaled", async () => {
  const gpu = await testGpu();
  const watch = new OverflowWatch(gpu, { gradients: false });
  const bad = gpu.upload([1], Float32Array.of(Infinity), "bad");
  watch.observe(bad, "gradient");
  await watch.check(1);
  gpu.release(bad);
  watch.destroy();
});

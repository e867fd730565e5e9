import { assertEquals } from "@std/assert";
import { readOptimizers, RECORDED_SETTINGS } from "../golden/optimizers.ts";
import { assertClose } from "../support/assert_close.ts";
import { adamw } from "./adamw.ts";
import { dequantize, dynamicNumbers, nearestCode, quantize } from "./dynamic_quantization.ts";

Deno.test("dynamicNumbers are those that PyTorch computes in float32", async () => {
  const { dynamicMap } = await readOptimizers();
  // linspace, the mean and the power of ten round once each.
  const close = { op: "dynamicNumbers", absolute: 0, relative: 4 * 2 ** -24 };
  assertClose(dynamicNumbers(true), dynamicMap.signed, close);
  assertClose(dynamicNumbers(false), dynamicMap.unsigned, close);
  assertEquals(dynamicMap.signed.length + dynamicMap.unsigned.length, 512);
});

Deno.test("quantize keeps what lies on a number of the map, and blocks of zeros", () => {
  const numbers = dynamicNumbers(true);
  const values = Float64Array.from({ length: 600 }, (_, i) => i < 512 ? 3 * numbers[i % 256] : 0);
  const { codes, scales } = quantize(values, numbers);
  assertEquals([...scales], [3, 3, 0]);
  assertEquals([...codes.subarray(0, 256)], Array.from({ length: 256 }, (_, i) => i));
  assertEquals([...new Set(codes.subarray(512))], [127]);
  assertClose(dequantize({ codes, scales }, numbers), values, {
    op: "dequantize",
    absolute: 0,
    relative: 1e-15,
  });
  assertEquals([nearestCode(-1, numbers), nearestCode(1, numbers)], [0, 255]);
});

Deno.test("adamw with quantized states takes the steps of a second implementation", async () => {
  const { eightBitAdamw: wanted } = await readOptimizers();
  const count = 300;
  const maps = [dynamicNumbers(true), dynamicNumbers(false)];
  let parameter: Float64Array = Float64Array.from({ length: count }, (_, i) => i / 256 - 0.5);
  let first = quantize(new Float64Array(count), maps[0]);
  let second = quantize(new Float64Array(count), maps[1]);
  for (let step = 1; step <= 3; step++) {
    const gradient = Float64Array.from(
      { length: count },
      (_, i) => ((7919 * i + 104729 * step) % 2001 - 1000) / 1024 / 2 ** (i % 9),
    );
    const m = dequantize(first, maps[0]);
    const v = dequantize(second, maps[1]);
    const options = { ...RECORDED_SETTINGS, step, learningRate: 0.01 };
    const after = adamw({ parameter, gradient, m, v }, options);
    parameter = after.parameter;
    first = quantize(after.m, maps[0]);
    second = quantize(after.v, maps[1]);
  }
  assertEquals([...first.codes], wanted.firstCodes);
  assertEquals([...second.codes], wanted.secondCodes);
  // The second implementation has the map in float32.
  const close = { op: "quantized adamw", absolute: 1e-8, relative: 1e-6 };
  assertClose(parameter, wanted.parameter, close);
  assertClose(first.scales, wanted.firstScales, close);
  assertClose(second.scales, wanted.secondScales, close);
});

/**
 * The same numbers in another element type.
 *
 * @module
 */
import source from "../../shaders/cast.wgsl" with { type: "text" };
import type { Gpu } from "../gpu/device.ts";
import { Kernel, type KernelInit } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import { checkShape, type HalfType, isHalf, type Tensor } from "../gpu/tensor.ts";

const kernel = (entryPoint: string, elements: KernelInit["elements"]) =>
  new Kernel({ name: "cast", source, entryPoint, elements });

const TO: Readonly<Record<HalfType, Kernel>> = {
  f16: kernel("to_f16", { y: "f16" }),
  bf16: kernel("to_bf16", { y: "bf16" }),
};
const FROM: Readonly<Record<HalfType, Kernel>> = {
  f16: kernel("to_f32", { x: "f16" }),
  bf16: kernel("to_f32", { x: "bf16" }),
};

/**
 * Records y = x in the element type of y. Not differentiable by itself.
 *
 * Halves are rounded to the nearest, ties to even: f16 is infinite from 65520 on, and NaN stays NaN. f32
 * holds all halves exactly.
 *
 * @param gpu The device.
 * @param x Any shape.
 * @param y In the shape of `x`; one of the two is of halves, the other of f32.
 * @throws {TypeError} If shapes disagree, or none or both are of halves.
 */
export function cast(gpu: Gpu, x: Tensor, y: Tensor): void {
  checkShape("cast", "y", y, x.shape);
  const quads = Math.ceil(x.size / 4);
  const run = { params: { quads }, workgroups: foldWorkgroups(Math.ceil(quads / 64)) };
  if (isHalf(y.dtype)) gpu.recorder.dispatch(TO[y.dtype], { tensors: { x, y }, ...run });
  else if (isHalf(x.dtype)) {
    gpu.recorder.dispatch(FROM[x.dtype], { tensors: { x, floats: y }, ...run });
  } else {
    throw new TypeError(
      `Cannot run cast on "${x.label}": found ${x.dtype} to ${y.dtype}, wanted f16 or bf16 on one side`,
    );
  }
}

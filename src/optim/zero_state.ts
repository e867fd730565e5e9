/**
 * Memory for an optimizer's state.
 *
 * @module
 */
import type { Gpu } from "../gpu/device.ts";
import { allocation, bytesOf, sizeOf, Tensor } from "../gpu/tensor.ts";

/**
 * Takes memory of its own, filled with zeros.
 *
 * @param gpu The device.
 * @param shape Extents.
 * @param options Name for errors and profiles, and element type (default: `"f32"`).
 * @returns The tensor; destroy its buffer in the end.
 */
export function zeroState(
  gpu: Gpu,
  shape: readonly number[],
  { label, dtype = "f32" }: { label: string; dtype?: "f32" | "u32" },
): Tensor {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const size = bytesOf(dtype, Math.max(1, sizeOf(shape)));
  const buffer = gpu.device.createBuffer({ label, size, usage });
  return new Tensor({ allocation: allocation(buffer), shape, dtype, label });
}

/**
 * How small and how large the elements of a tensor are, for finding where numbers underflow or overflow.
 *
 * @module
 */
import source from "../../shaders/extremes.wgsl" with { type: "text" };
import type { Gpu } from "../gpu/device.ts";
import { Kernel } from "../gpu/kernel.ts";
import { checkShape, type Tensor } from "../gpu/tensor.ts";

const MEASURE = new Kernel({ name: "extremes", source, entryPoint: "measure" });
const FINISH = new Kernel({ name: "extremes", source, entryPoint: "finish" });

/** The most workgroups of 64 threads that share a tensor. */
const MOST_GROUPS = 1024;
/** Elements that make another workgroup worth it: eight vectors a thread. */
const GROUP_ELEMENTS = 64 * 8 * 4;

/**
 * Records a measurement: the smallest and the largest magnitude among the finite elements, Infinity and 0
 * without one, and how many elements are infinite or not numbers. The count is an f32, exact up to 2^24.
 *
 * @param gpu The device.
 * @param tensor Any shape, of f32.
 * @param into [slots, 4]; a row becomes smallest magnitude, largest magnitude, count, 0.
 * @param slot The row to write.
 * @throws {TypeError} If the tensor is not of f32, or `into` has no rows of 4.
 * @throws {RangeError} If `into` has no such row.
 */
export function extremes(gpu: Gpu, tensor: Tensor, into: Tensor, slot: number): void {
  if (tensor.dtype !== "f32") {
    throw new TypeError(
      `Cannot run extremes on "${tensor.label}": found elements of ${tensor.dtype}, wanted f32`,
    );
  }
  checkShape("extremes", "into", into, [into.rows, 4]);
  if (!(Number.isInteger(slot) && slot >= 0 && slot < into.rows)) {
    throw new RangeError(
      `Cannot run extremes: found slot ${slot}, wanted one of ${into.rows} from 0 on`,
    );
  }
  const { size } = tensor;
  const groups = Math.min(MOST_GROUPS, Math.max(1, Math.ceil(size / GROUP_ELEMENTS)));
  const params = { size, threads: groups * 64, slot };
  const shares = gpu.tensor([params.threads, 4], "shares of extremes", "u32");
  gpu.recorder.dispatch(MEASURE, { tensors: { x: tensor, shares }, params, workgroups: [groups] });
  gpu.recorder.dispatch(FINISH, {
    tensors: { all_shares: shares, stats: into },
    params,
    workgroups: [1],
  });
  gpu.release(shares);
}

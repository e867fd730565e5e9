/**
 * How gradients are cut into what travels as one, and in which order that leaves.
 *
 * @module
 */
import type { Parameter, ParameterStore } from "../../gpu/parameter_slab.ts";
import { ELEMENT_BYTES, type Tensor } from "../../gpu/tensor.ts";

/** A part of a slab of gradients that travels as one. */
export interface BucketPlace {
  /** The slab's gradients. */
  readonly gradients: Tensor;
  /** Where it begins. Unit: bytes. */
  readonly offset: number;
  /** Its length. Unit: bytes. */
  readonly bytes: number;
  /** The parameters whose gradients lie in it, in whole or in part. */
  readonly parameters: readonly Parameter[];
}

/**
 * Cuts slabs into buckets. They leave one after the other, in an order that is the same on all ranks: a
 * bucket that comes too early holds up all behind it. Backward goes against the order in which parameters
 * were declared, so that a bucket is finished when its first parameter is: biases of all layers in one
 * bucket leave last.
 *
 * @param stores The parameters that are trained, those of the model before those of the loss.
 * @param most The most that travels as one. Unit: bytes.
 * @returns The buckets in the order in which they leave.
 */
export function gradientBuckets(stores: readonly ParameterStore[], most: number): BucketPlace[] {
  const all = stores.flatMap(({ parameters }) => parameters);
  const first = new Map<BucketPlace, number>();
  for (const { gradients } of stores.flatMap(({ slabs }) => slabs)) {
    for (const part of cut(gradients.bytes, most)) {
      const place = { gradients, ...part };
      const parameters = all.filter((parameter) => liesIn(parameter, place));
      first.set({ ...place, parameters }, all.indexOf(parameters[0]));
    }
  }
  return [...first.keys()].sort((a, b) => first.get(b)! - first.get(a)!);
}

/** Whether a parameter's gradient, or a part of it, is in a bucket. */
function liesIn(
  { value }: Parameter,
  { gradients, offset, bytes }: Omit<BucketPlace, "parameters">,
): boolean {
  const { allocation, byteOffset, bytes: length } = value.gradient!;
  return allocation === gradients.allocation &&
    byteOffset < offset + bytes && byteOffset + length > offset;
}

/** From the end to the beginning, whole numbers each. */
function cut(bytes: number, most: number): { offset: number; bytes: number }[] {
  const parts: { offset: number; bytes: number }[] = [];
  for (let end = bytes; end > 0; end = parts.at(-1)!.offset) {
    const offset = Math.max(0, end - Math.floor(most / ELEMENT_BYTES) * ELEMENT_BYTES);
    parts.push({ offset, bytes: end - offset });
  }
  return parts;
}

/**
 * From the bytes of a tensor to numbers.
 *
 * @module
 */
import type { Tensor } from "./tensor.ts";

/**
 * Reads the elements of a tensor as f32, which holds every f16 and every bfloat16 exactly.
 *
 * @param bytes The tensor's bytes, whole words.
 * @param tensor Says the element type and how many there are.
 * @returns The elements; those of f32 share the bytes.
 */
export function decodeElements(
  bytes: ArrayBuffer,
  { dtype, size }: Pick<Tensor, "dtype" | "size">,
): Float32Array<ArrayBuffer> {
  switch (dtype) {
    case "f16":
      return new Float32Array(new Float16Array(bytes, 0, size));
    case "bf16":
      return new Float32Array(
        Uint32Array.from(new Uint16Array(bytes, 0, size), (half) => half << 16).buffer,
      );
    default:
      return new Float32Array(bytes);
  }
}

/**
 * Values as bytes.
 *
 * @module
 */
import type { Payload } from "./communicator.ts";

/**
 * The memory of some values.
 *
 * @param values The values.
 * @returns A view of the same memory.
 */
export function bytesOf(values: Payload): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/**
 * Names the type of some values.
 *
 * @param values The values.
 * @returns The type of their elements.
 * @throws {TypeError} If it is another one.
 */
export function elementsOf(values: Payload): "f32" | "u32" | "u8" {
  if (values instanceof Float32Array) return "f32";
  if (values instanceof Uint32Array) return "u32";
  if (values instanceof Uint8Array) return "u8";
  throw new TypeError(
    `Cannot send ${Object.prototype.toString.call(values).slice(8, -1)}: wanted Float32Array, ` +
      "Uint32Array or Uint8Array",
  );
}

/**
 * New memory for values of the same type.
 *
 * @param values Tell the type.
 * @param length Number of elements.
 * @returns Zeros.
 */
export function emptyLike<T extends Payload>(values: T, length: number): T {
  if (values instanceof Float32Array) return new Float32Array(length) as Payload as T;
  if (values instanceof Uint32Array) return new Uint32Array(length) as Payload as T;
  return new Uint8Array(length) as Payload as T;
}

/**
 * Checked access to what a checkpoint holds of an optimizer.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import type { StateReader } from "./optimizer.ts";

/**
 * Reads a tensor of an optimizer's state that holds floats.
 *
 * @param read Gives tensors by name.
 * @param name The tensor's name.
 * @param shape Its extents.
 * @returns Its elements.
 * @throws {InputError} If it holds anything else.
 */
export function readFloats(
  read: StateReader,
  name: string,
  shape: readonly number[],
): Float32Array<ArrayBuffer> {
  const data = read(name, shape);
  if (data instanceof Float32Array) return data as Float32Array<ArrayBuffer>;
  throw wrongType(name, data, "Float32Array");
}

/**
 * Reads a tensor of an optimizer's state that holds bytes.
 *
 * @param read Gives tensors by name.
 * @param name The tensor's name.
 * @param shape Its extents.
 * @returns Its elements.
 * @throws {InputError} If it holds anything else.
 */
export function readBytes(
  read: StateReader,
  name: string,
  shape: readonly number[],
): Uint8Array<ArrayBuffer> {
  const data = read(name, shape);
  if (data instanceof Uint8Array) return data as Uint8Array<ArrayBuffer>;
  throw wrongType(name, data, "Uint8Array");
}

function wrongType(name: string, data: ArrayBufferView, wanted: string): InputError {
  return new InputError(
    `Cannot restore optimizer state "${name}": found ${data.constructor.name}, wanted ${wanted}; ` +
      "was the checkpoint written with another optim?",
  );
}

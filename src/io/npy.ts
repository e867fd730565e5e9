/**
 * NumPy's `.npy` format, version 1.0, for matrices of 32-bit floats: what `encode` writes and reads.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { elementCount } from "./safetensors_header.ts";

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const PREFIX_SIZE = MAGIC.length + 4;
const ALIGNMENT = 64;

/** An array as an `.npy` file holds it. */
export interface NpyArray {
  /** Sizes of the dimensions, outermost first. */
  readonly shape: number[];
  /** The values in row-major order. */
  readonly data: Float32Array<ArrayBuffer>;
}

/**
 * Encodes 32-bit floats as an `.npy` file that `numpy.load` reads.
 *
 * @param data Values in row-major order.
 * @param shape Sizes of the dimensions; their product is the number of values.
 * @returns The bytes of the file.
 * @throws {RangeError} When the shape does not hold as many values as there are.
 */
export function encodeNpy(data: Float32Array, shape: readonly number[]): Uint8Array<ArrayBuffer> {
  if (elementCount(shape) !== data.length) {
    throw new RangeError(
      `Cannot write an array: its shape [${shape.join(", ")}] does not hold ${data.length} values`,
    );
  }
  const header = npyHeader(shape);
  const file = new Uint8Array(header.length + data.byteLength);
  file.set(header);
  file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), header.length);
  return file;
}

/**
 * Encodes what precedes the values in an `.npy` file of 32-bit floats.
 *
 * @param shape Sizes of the dimensions.
 * @returns The bytes; the values follow in row-major order, little-endian.
 */
export function npyHeader(shape: readonly number[]): Uint8Array<ArrayBuffer> {
  // Python spells a tuple of one element with a trailing comma.
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': ${tuple}, }`;
  const start = Math.ceil((PREFIX_SIZE + dictionary.length + 1) / ALIGNMENT) * ALIGNMENT;
  const header = dictionary.padEnd(start - PREFIX_SIZE - 1) + "\n";

  const bytes = new Uint8Array(start);
  bytes.set(MAGIC);
  bytes[6] = 1;
  new DataView(bytes.buffer).setUint16(8, header.length, true);
  bytes.set(new TextEncoder().encode(header), PREFIX_SIZE);
  return bytes;
}

/**
 * Decodes an `.npy` file of version 1.0 with little-endian 32-bit floats in row-major order.
 *
 * @param bytes The whole file.
 * @param source Its name, for error messages.
 * @returns Shape and values.
 * @throws {InputError} When the file is not such an array or is truncated.
 */
export function decodeNpy(bytes: Uint8Array, source: string): NpyArray {
  const fail = (found: string): never => {
    throw new InputError(`Cannot read ${source}: ${found}`);
  };
  if (bytes.length < PREFIX_SIZE || MAGIC.some((byte, index) => bytes[index] !== byte)) {
    return fail("it is not an .npy file");
  }
  if (bytes[6] !== 1 || bytes[7] !== 0) {
    return fail(`found .npy version ${bytes[6]}.${bytes[7]}, wanted 1.0`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = PREFIX_SIZE + view.getUint16(8, true);
  const header = new TextDecoder().decode(bytes.subarray(PREFIX_SIZE, start));
  const descr = /'descr':\s*'([^']*)'/.exec(header)?.[1];
  if (descr !== "<f4") return fail(`found elements of type "${descr}", wanted "<f4"`);
  if (!/'fortran_order':\s*False/.test(header)) {
    return fail("found column-major order, wanted row-major order");
  }
  const tuple = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  if (tuple === undefined) return fail("its header names no shape");
  const shape = tuple.split(",").map((size) => size.trim()).filter((size) => size !== "")
    .map(Number);
  const end = start + 4 * elementCount(shape);
  if (end !== bytes.length) {
    return fail(`the header promises ${end} bytes, the file has ${bytes.length}`);
  }
  return { shape, data: new Float32Array(bytes.slice(start).buffer) };
}

/**
 * A tensor is a window of a GPU buffer with a shape; it has no arithmetic.
 *
 * @module
 */

/** Element types of two bytes: IEEE 754's binary16, and bfloat16, which is the upper half of an f32. */
export type HalfType = "f16" | "bf16";

/** Element types of tensors. Those of two bytes lie in pairs, the first in the lower half of a word. */
export type DataType = "f32" | "u32" | HalfType;

/** A buffer on the GPU with the identity that bind-group caching needs. */
export interface Allocation {
  /** Distinct for every buffer of a process. */
  readonly id: number;
  /** The buffer itself. */
  readonly buffer: GPUBuffer;
  /** Its size. Unit: bytes. */
  readonly bytes: number;
}

let allocations = 0;

/**
 * Wraps a buffer.
 *
 * @param buffer The buffer to identify.
 * @returns The buffer with its id and size.
 */
export function allocation(buffer: GPUBuffer): Allocation {
  return { id: ++allocations, buffer, bytes: buffer.size };
}

/** The bytes that one element of `f32` or `u32` takes, and a pair of halves. */
export const ELEMENT_BYTES = 4;

/** Whether two elements share a word. */
export function isHalf(dtype: DataType): dtype is HalfType {
  return dtype === "f16" || dtype === "bf16";
}

/**
 * The room that elements take, whole words.
 *
 * @param dtype Their type.
 * @param count How many.
 * @returns The room. Unit: bytes.
 */
export function bytesOf(dtype: DataType, count: number): number {
  return (isHalf(dtype) ? Math.ceil(count / 2) : count) * ELEMENT_BYTES;
}

/** What a {@linkcode Tensor} is made of. */
export interface TensorInit {
  /** The buffer that holds it. */
  allocation: Allocation;
  /** Extents, outermost first; `[]` is a scalar. */
  shape: readonly number[];
  /** Where it begins. Unit: bytes. Default: 0. */
  byteOffset?: number;
  /** Element type. Default: `"f32"`. */
  dtype?: DataType;
  /** Name for errors and profiles. */
  label: string;
  /** Where its gradient accumulates, for a parameter. */
  gradient?: Tensor | null;
  /** Bytes visible to a kernel; the rest of the buffer unless the tensor is a window. */
  bindingBytes?: number;
}

/** A window of a GPU buffer with a shape and an element type; row-major. */
export class Tensor {
  /** The buffer that holds it. */
  readonly allocation: Allocation;
  /** Where it begins. Unit: bytes. */
  readonly byteOffset: number;
  /** Extents, outermost first. */
  readonly shape: readonly number[];
  /** Element type. */
  readonly dtype: DataType;
  /** Name for errors and profiles. */
  readonly label: string;
  /** Where its gradient accumulates, for a parameter; otherwise null. */
  readonly gradient: Tensor | null;
  /** Bytes visible to a kernel that binds it. */
  readonly bindingBytes: number;

  /**
   * Takes a window of a buffer.
   *
   * @param init The parts.
   * @throws {RangeError} If the window ends beyond its buffer.
   */
  constructor(init: TensorInit) {
    this.allocation = init.allocation;
    this.byteOffset = init.byteOffset ?? 0;
    this.shape = init.shape;
    this.dtype = init.dtype ?? "f32";
    this.label = init.label;
    this.gradient = init.gradient ?? null;
    // A pooled buffer is bound whole: its bind group then serves every length of its size class.
    this.bindingBytes = init.bindingBytes ?? this.allocation.bytes - this.byteOffset;
    if (this.byteOffset + this.bytes > this.allocation.bytes) {
      throw new RangeError(
        `Cannot place tensor "${this.label}" [${this.shape}]: it ends at byte ${
          this.byteOffset + this.bytes
        }, its buffer has ${this.allocation.bytes}`,
      );
    }
  }

  /** The number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** The number of bytes that the elements take, whole words. */
  get bytes(): number {
    return bytesOf(this.dtype, this.size);
  }

  /**
   * Where an element begins, or where the tensor ends.
   *
   * @param index The element's number; at most {@linkcode size}, which may be odd.
   * @returns The place. Unit: bytes from the beginning of the tensor.
   * @throws {RangeError} If the element is the second of a pair.
   */
  byteAt(index: number): number {
    if (isHalf(this.dtype) && index % 2 !== 0 && index !== this.size) {
      throw new RangeError(
        `Cannot copy from or to element ${index} of "${this.label}": two elements of ${this.dtype} share a word, wanted an even number`,
      );
    }
    return bytesOf(this.dtype, index);
  }

  /** Extent of the first axis; 1 for a scalar. */
  get rows(): number {
    return this.shape.length === 0 ? 1 : this.shape[0];
  }

  /** Elements in one row: the product of all extents but the first. */
  get columns(): number {
    return sizeOf(this.shape.slice(1));
  }
}

/**
 * The number of elements of a shape.
 *
 * @param shape Extents.
 * @returns Their product; 1 for `[]`.
 */
export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const extent of shape) size *= extent;
  return size;
}

/**
 * Checks a shape, for an op's arguments.
 *
 * @param op The op's name, for the message.
 * @param name The argument's name.
 * @param tensor The argument.
 * @param shape The wanted extents.
 * @throws {TypeError} If the shapes differ.
 */
export function checkShape(
  op: string,
  name: string,
  tensor: Tensor,
  shape: readonly number[],
): void {
  if (tensor.shape.length !== shape.length || tensor.shape.some((n, i) => n !== shape[i])) {
    throw new TypeError(
      `Cannot run ${op}, argument "${name}" ("${tensor.label}"): found shape [${tensor.shape}], wanted [${shape}]`,
    );
  }
}

/**
 * Checks the element type of an op's argument; `f32` and `u32` pass for each other, as words.
 *
 * @param op The op's name, for the message.
 * @param tensor The argument.
 * @param wanted The wanted type. Default: `"f32"`.
 * @throws {TypeError} If the types differ.
 */
export function checkElements(op: string, tensor: Tensor, wanted: DataType = "f32"): void {
  const { dtype, label } = tensor;
  if (dtype === wanted || !(isHalf(dtype) || isHalf(wanted))) return;
  throw new TypeError(`Cannot run ${op} on "${label}": found ${dtype}, wanted ${wanted}; cast it`);
}

/**
 * Checks that rows are whole vectors of four elements, as most kernels read them.
 *
 * @param op The op's name, for the message.
 * @param tensor Its argument.
 * @returns Vectors in a row.
 * @throws {TypeError} If the row's length is not a multiple of 4.
 */
export function quadsOf(op: string, tensor: Tensor): number {
  const { columns } = tensor;
  if (columns % 4 !== 0) {
    throw new TypeError(
      `Cannot run ${op} on "${tensor.label}": found rows of ${columns} columns, wanted a multiple of 4`,
    );
  }
  return columns / 4;
}

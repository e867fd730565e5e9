/**
 * The safetensors format: an 8-byte header length, a JSON header, then the tensors' bytes.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import {
  BYTES_PER_ELEMENT,
  elementCount,
  parseSafetensorsHeader,
  type SafetensorsDtype,
  type SafetensorsEntry,
  type SafetensorsHeader,
} from "./safetensors_header.ts";

export type { SafetensorsDtype, SafetensorsEntry };

/** The typed arrays that can be stored; `Uint8Array` is U8, `BigInt64Array` is I64 and so on. */
export type StorableArray =
  | Float16Array
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** Values in row-major order with their shape; an empty shape is a scalar. */
export interface NamedArray {
  /** Sizes of the dimensions, outermost first. */
  readonly shape: readonly number[];
  /** As many elements as the product of `shape`. */
  readonly data: StorableArray;
}

/**
 * Encodes tensors as a safetensors file. Tensors lie by falling element size and then by name, as in
 * the reference implementation, so that each is aligned to its elements.
 *
 * @param tensors Values by name; "__metadata__" is reserved.
 * @param metadata Text to store in the header; Python readers want `{ format: "pt" }` for a model.
 * @returns The bytes of the whole file.
 * @throws {RangeError} When a shape does not match its number of elements, or a name is reserved.
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, NamedArray>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const ordered = [...tensors].sort(([leftName, left], [rightName, right]) =>
    right.data.BYTES_PER_ELEMENT - left.data.BYTES_PER_ELEMENT || (leftName < rightName ? -1 : 1)
  );
  const header: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) header.push(["__metadata__", metadata]);
  let size = 0;
  for (const [name, { shape, data }] of ordered) {
    checkNamedArray(name, shape, data.length);
    const begin = size;
    size += data.byteLength;
    header.push([name, { dtype: dtypeOf(data), shape, data_offsets: [begin, size] }]);
  }

  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const headerSize = Math.ceil(text.length / 8) * 8;
  const file = new Uint8Array(8 + headerSize + size);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerSize), true);
  file.fill(0x20, 8, 8 + headerSize);
  file.set(text, 8);
  let offset = 8 + headerSize;
  for (const [, { data }] of ordered) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return file;
}

function checkNamedArray(name: string, shape: readonly number[], length: number): void {
  if (name === "__metadata__") {
    throw new RangeError('Cannot write tensor "__metadata__": the format reserves this name');
  }
  if (elementCount(shape) !== length) {
    throw new RangeError(
      `Cannot write tensor "${name}": its shape [${
        shape.join(", ")
      }] does not hold ${length} values`,
    );
  }
}

function dtypeOf(data: StorableArray): SafetensorsDtype {
  const bits = 8 * data.BYTES_PER_ELEMENT;
  if (
    data instanceof Float16Array || data instanceof Float32Array || data instanceof Float64Array
  ) {
    return `F${bits}` as SafetensorsDtype;
  }
  const signed = data instanceof Int8Array || data instanceof Int16Array ||
    data instanceof Int32Array || data instanceof BigInt64Array;
  return `${signed ? "I" : "U"}${bits}` as SafetensorsDtype;
}

/**
 * Gives bytes of a file, counted from the end of its header; they may be put into an array that is large
 * enough.
 */
export type TensorData = (
  begin: number,
  end: number,
  into?: Uint8Array<ArrayBuffer>,
) => Uint8Array;

/** Values of one piece of a tensor. */
const PIECE_LENGTH = 1 << 20;

/** A decoded safetensors file: the checked header, and tensors that are read when asked for. */
export class SafetensorsFile {
  /** Name of the file, for error messages. */
  readonly source: string;
  /** The header's free text; often `{ format: "pt" }`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** What the header says of each tensor, in file order. */
  readonly entries: ReadonlyMap<string, SafetensorsEntry>;
  readonly #data: TensorData;

  /**
   * Use {@linkcode decodeSafetensors} or `openSafetensors`, which check what they pass here.
   *
   * @param source Name of the file.
   * @param header Its checked header.
   * @param data Gives the bytes after the header.
   */
  constructor(source: string, header: SafetensorsHeader, data: TensorData) {
    this.source = source;
    this.metadata = header.metadata;
    this.entries = header.entries;
    this.#data = data;
  }

  /**
   * Looks up a tensor in the header.
   *
   * @param name Name of the tensor.
   * @returns Its element type, shape and place.
   * @throws {InputError} When there is no tensor of this name.
   */
  entry(name: string): SafetensorsEntry {
    const entry = this.entries.get(name);
    if (entry === undefined) {
      const guess = nearest(name, [...this.entries.keys()]);
      throw new InputError(
        `Cannot read ${this.source}: there is no tensor "${name}" among its ${this.entries.size}` +
          (guess === null ? "" : `; the nearest is "${guess}"`),
      );
    }
    return entry;
  }

  /**
   * Reads a tensor in its own element type. BOOL comes as bytes of 0 and 1, BF16 as `Float32Array`
   * since JavaScript has no array of it.
   *
   * @param name Name of the tensor.
   * @returns Shape and values; the values may share the file's memory.
   * @throws {InputError} When there is no such tensor or its element type has no array (F8).
   */
  read(name: string): NamedArray {
    const entry = this.entry(name);
    return { shape: entry.shape, data: this.#decode(name, entry) };
  }

  /**
   * Reads a tensor of F32, or of F16, BF16 or F64 converted to it.
   *
   * @param name Name of the tensor.
   * @returns The values, row-major; for F32 they may share the file's memory.
   * @throws {InputError} When there is no such tensor or it does not hold floating-point numbers.
   */
  readFloat32(name: string): Float32Array<ArrayBuffer> {
    const data = this.#decode(name, this.#floatEntry(name));
    return data instanceof Float32Array
      ? data as Float32Array<ArrayBuffer>
      : new Float32Array(data as Float64Array);
  }

  /**
   * Reads a tensor as {@linkcode readFloat32} does, in pieces, so that it is never in memory as a whole.
   *
   * @param name Name of the tensor.
   * @returns At most 2^20 values each, in order; a piece is valid until the next is asked for.
   * @throws {InputError} When there is no such tensor or it does not hold floating-point numbers.
   */
  *pieces(name: string): Generator<Float32Array<ArrayBuffer>> {
    const entry = this.#floatEntry(name);
    const size = BYTES_PER_ELEMENT[entry.dtype];
    const length = Math.min(PIECE_LENGTH, (entry.end - entry.begin) / size);
    const bytes = new Uint8Array(length * size);
    const values = entry.dtype === "F32" ? null : new Float32Array(length);
    for (let begin = entry.begin; begin < entry.end; begin += bytes.length) {
      const end = Math.min(entry.end, begin + bytes.length);
      const data = this.#decode(name, { ...entry, begin, end }, bytes);
      if (values !== null) values.set(data as Float16Array);
      yield values === null
        ? data as Float32Array<ArrayBuffer>
        : values.subarray(0, (end - begin) / size);
    }
  }

  #floatEntry(name: string): SafetensorsEntry {
    const entry = this.entry(name);
    if (["F16", "BF16", "F32", "F64"].includes(entry.dtype)) return entry;
    throw new InputError(
      `Cannot read tensor "${name}" of ${this.source}: found ${entry.dtype}, ` +
        "wanted F32, F16, BF16 or F64",
    );
  }

  #decode(
    name: string,
    { dtype, begin, end }: SafetensorsEntry,
    into?: Uint8Array<ArrayBuffer>,
  ): StorableArray {
    const bytes = this.#data(begin, end, into);
    const size = BYTES_PER_ELEMENT[dtype];
    // A foreign writer may leave the header unpadded; typed arrays need an aligned start.
    const { buffer, byteOffset } = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
    const length = (end - begin) / size;
    switch (dtype) {
      case "BOOL":
      case "U8":
        return new Uint8Array(buffer, byteOffset, length);
      case "I8":
        return new Int8Array(buffer, byteOffset, length);
      case "U16":
        return new Uint16Array(buffer, byteOffset, length);
      case "I16":
        return new Int16Array(buffer, byteOffset, length);
      case "U32":
        return new Uint32Array(buffer, byteOffset, length);
      case "I32":
        return new Int32Array(buffer, byteOffset, length);
      case "U64":
        return new BigUint64Array(buffer, byteOffset, length);
      case "I64":
        return new BigInt64Array(buffer, byteOffset, length);
      case "F16":
        return new Float16Array(buffer, byteOffset, length);
      case "BF16":
        return widenBfloat16(new Uint16Array(buffer, byteOffset, length));
      case "F32":
        return new Float32Array(buffer, byteOffset, length);
      case "F64":
        return new Float64Array(buffer, byteOffset, length);
      default:
        throw new InputError(
          `Cannot read tensor "${name}" of ${this.source}: element type ${dtype} is not supported; ` +
            "store it as F32, F16 or BF16",
        );
    }
  }
}

/** A bfloat16 is the upper half of a float32. */
function widenBfloat16(halves: Uint16Array): Float32Array {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = halves[i] << 16;
  return new Float32Array(bits.buffer);
}

/**
 * Decodes a safetensors file. The header is checked at once, tensors are converted when read.
 *
 * @param bytes The whole file.
 * @param source Its name, for error messages.
 * @returns The header and access to the tensors.
 * @throws {InputError} When the file is truncated, its header is not what the format asks for, or
 * tensors overlap, leave gaps or do not match their shape.
 */
export function decodeSafetensors(bytes: Uint8Array, source: string): SafetensorsFile {
  const header = parseSafetensorsHeader(bytes, source);
  const data = bytes.subarray(header.dataStart);
  return new SafetensorsFile(source, header, (begin, end) => data.subarray(begin, end));
}

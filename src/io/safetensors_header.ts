/**
 * The header of a safetensors file: parsed, and checked against the size of the file before anything
 * of the size that it names is allocated.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { isJsonObject } from "./json.ts";

/** Element types that the format names and this reader knows, with their bytes an element. */
export const BYTES_PER_ELEMENT = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
} as const;

/** The limit of the reference implementation; a longer header is an attack or a broken file. */
export const MAX_HEADER_BYTES = 100_000_000;

/** An element type as the header spells it. */
export type SafetensorsDtype = keyof typeof BYTES_PER_ELEMENT;

/** What the header says of one tensor. */
export interface SafetensorsEntry {
  /** Element type. */
  readonly dtype: SafetensorsDtype;
  /** Sizes of the dimensions, outermost first. */
  readonly shape: readonly number[];
  /** First byte, counted from the end of the header. */
  readonly begin: number;
  /** Byte after the last, counted from the end of the header. */
  readonly end: number;
}

/** A checked header. */
export interface SafetensorsHeader {
  /** Free text; often `{ format: "pt" }`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** What is said of each tensor, in file order. */
  readonly entries: ReadonlyMap<string, SafetensorsEntry>;
  /** Where the tensors' bytes begin in the file. */
  readonly dataStart: number;
}

/**
 * Parses the header of a safetensors file and checks it against the file.
 *
 * @param bytes The whole file, or its beginning up to the end of the header.
 * @param source Its name, for error messages.
 * @param fileSize The size of the whole file. Default: that of `bytes`.
 * @returns The header.
 * @throws {InputError} When the file is truncated, its header is not what the format asks for, or
 * tensors overlap, leave gaps or do not match their shape.
 */
export function parseSafetensorsHeader(
  bytes: Uint8Array,
  source: string,
  fileSize: number = bytes.length,
): SafetensorsHeader {
  const fail = (found: string): never => {
    throw new InputError(`Cannot read ${source}: ${found}`);
  };
  if (bytes.length < 8) {
    fail(`the file has ${bytes.length} bytes, wanted a safetensors file of 8 or more`);
  }
  const dataStart = headerEnd(bytes);
  if (dataStart - 8 > MAX_HEADER_BYTES) {
    fail(`its header would be ${dataStart - 8} bytes long; this is not a safetensors file`);
  }
  if (dataStart > fileSize) {
    fail(`the header promises ${dataStart} bytes, the file has ${fileSize}`);
  }
  const { metadata, entries } = parseHeader(bytes.subarray(8, dataStart), fail);
  checkLayout(entries, dataStart, fileSize, fail);
  return { metadata, entries, dataStart };
}

/**
 * Where the header of a file ends, as its first eight bytes say.
 *
 * @param bytes At least these eight.
 * @returns The place, which may be beyond the end of a file that is damaged, or beyond any sense.
 */
export function headerEnd(bytes: Uint8Array): number {
  return 8 + Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
}

type Fail = (found: string) => never;

function parseHeader(
  bytes: Uint8Array,
  fail: Fail,
): { metadata: Record<string, string>; entries: Map<string, SafetensorsEntry> } {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return fail("its header is not JSON; this is not a safetensors file, or it is damaged");
  }
  if (!isJsonObject(header)) return fail("its header is not a JSON object");
  const { __metadata__: free = {}, ...tensors } = header;
  if (!isJsonObject(free) || Object.values(free).some((value) => typeof value !== "string")) {
    return fail("__metadata__ in its header does not map text to text");
  }
  const entries = Object.entries(tensors)
    .map(([name, value]): [string, SafetensorsEntry] => [name, parseEntry(name, value, fail)])
    .sort(([, left], [, right]) => left.begin - right.begin || left.end - right.end);
  return { metadata: free as Record<string, string>, entries: new Map(entries) };
}

function parseEntry(name: string, value: unknown, fail: Fail): SafetensorsEntry {
  const { dtype, shape, data_offsets: offsets } = isJsonObject(value) ? value : {};
  if (typeof dtype !== "string" || !Object.hasOwn(BYTES_PER_ELEMENT, dtype)) {
    const known = Object.keys(BYTES_PER_ELEMENT).join(", ");
    return fail(
      `tensor "${name}" has element type ${JSON.stringify(dtype)}, wanted one of ${known}`,
    );
  }
  if (!isSizes(shape)) {
    return fail(
      `tensor "${name}" has shape ${JSON.stringify(shape)}, wanted a list of whole numbers`,
    );
  }
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0] > offsets[1]) {
    return fail(
      `tensor "${name}" has data_offsets ${JSON.stringify(offsets)}, wanted [begin, end]`,
    );
  }
  const [begin, end] = offsets;
  const wanted = elementCount(shape) * BYTES_PER_ELEMENT[dtype as SafetensorsDtype];
  if (end - begin !== wanted) {
    return fail(
      `tensor "${name}" of shape [${shape.join(", ")}] and type ${dtype} takes ${wanted} bytes, ` +
        `its data_offsets span ${end - begin}`,
    );
  }
  return { dtype: dtype as SafetensorsDtype, shape, begin, end };
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function checkLayout(
  entries: ReadonlyMap<string, SafetensorsEntry>,
  dataStart: number,
  fileSize: number,
  fail: Fail,
): void {
  let end = 0;
  for (const [name, entry] of entries) {
    if (entry.begin !== end) {
      fail(
        `tensor "${name}" begins at byte ${entry.begin} of the data, ` +
          `the one before it ends at ${end}; tensors must neither overlap nor leave gaps`,
      );
    }
    end = entry.end;
  }
  if (dataStart + end !== fileSize) {
    fail(`the header promises ${dataStart + end} bytes, the file has ${fileSize}`);
  }
}

/**
 * Counts the elements of an array.
 *
 * @param shape Sizes of the dimensions; none for a scalar.
 * @returns Their product.
 */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

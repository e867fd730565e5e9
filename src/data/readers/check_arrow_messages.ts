/**
 * The descriptions of the messages of an Arrow file, read before any other is: the package that decodes them
 * believes their lengths, and runs through as many elements as these say. Sources: Message.fbs, Schema.fbs and
 * File.fbs of Apache Arrow, in the format of FlatBuffers.
 *
 * @module
 */
import type { RandomAccess } from "./parquet_file.ts";

/** What a table's field refers to: a table, a vector of tables, a text, or a vector of so many bytes each. */
type Target = Table | readonly [Table] | "text" | number;

/** The fields of a table by their places; those that hold their value themselves are left out. */
interface Table {
  readonly [place: number]: () => Target;
}

const OPAQUE: Table = {};
const PAIR: Table = { 0: () => "text", 1: () => "text" };
const FIELD: Table = {
  0: () => "text",
  3: () => OPAQUE,
  4: () => ({ 1: () => OPAQUE }),
  5: () => [FIELD],
  6: () => [PAIR],
};
const SCHEMA: Table = { 1: () => [FIELD], 2: () => [PAIR], 3: () => 8 };
const RECORD_BATCH: Table = { 1: () => 16, 2: () => 16, 3: () => OPAQUE, 4: () => 8 };
const DICTIONARY_BATCH: Table = { 1: () => RECORD_BATCH };
const FOOTER: Table = { 1: () => SCHEMA, 2: () => 24, 3: () => 24, 4: () => [PAIR] };

/** What a message's header is, by its type. */
const HEADERS: readonly (Table | undefined)[] = [
  undefined,
  SCHEMA,
  DICTIONARY_BATCH,
  RECORD_BATCH,
];
const HEADER_TYPE = { DICTIONARY_BATCH: 2, RECORD_BATCH: 3 } as const;

/** Rows of a batch whose columns take no memory, or that compress well. */
const FREE_ROWS = 1 << 26;

/** Types of columns nest a little. */
const MOST_LEVELS = 32;

/** Precedes the length of a message since version 0.15. */
const CONTINUATION = -1;

/** A file begins with a magic of 6 bytes, filled up to 8, and ends with a length of 4 and the magic. */
const [HEAD_BYTES, TAIL_BYTES, BLOCK_BYTES] = [8, 10, 24];

/**
 * Checks all messages of a stream.
 *
 * @param source The file.
 * @throws {RangeError} If a message reaches beyond the end, or describes more than there is.
 */
export function checkArrowStream(source: RandomAccess): void {
  for (let at = 0; at < source.size;) {
    const end = checkMessage(source, at);
    if (end === null) return;
    at = end;
  }
}

/**
 * Checks the end of a file and all messages that it speaks of.
 *
 * @param source The file, of at least as many bytes as its two magics and a length have.
 * @throws {RangeError} If a message reaches beyond the end, or describes more than there is.
 */
export function checkArrowFile(source: RandomAccess): void {
  const end = source.size - TAIL_BYTES;
  if (end < HEAD_BYTES) throw new RangeError("it is too short, and may be cut");
  const tail = read(source, end, TAIL_BYTES);
  const head = read(source, 0, HEAD_BYTES);
  for (let i = 4; i < TAIL_BYTES; i++) {
    if (tail.getUint8(i) === head.getUint8(i - 4)) continue;
    throw new RangeError("it does not end as it begins, and may be cut");
  }
  const length = tail.getInt32(0, true);
  within("the length of its description", length, end - HEAD_BYTES);
  const checker = new TableChecker(read(source, end - length, length));
  checker.check(checker.root, FOOTER);
  for (const place of [2, 3]) {
    for (const block of checker.structs(checker.root, place, BLOCK_BYTES)) {
      const offset = checker.long(block);
      within("the place of a message", offset, end);
      checkMessage(source, offset);
    }
  }
}

/** Checks the message at a place. Returns where the next one begins; null where that was the end. */
function checkMessage(source: RandomAccess, at: number): number | null {
  let start = at;
  const next = () => {
    if (source.size - start < 4) return 0;
    const value = read(source, start, 4).getInt32(0, true);
    start += 4;
    return value;
  };
  let length = next();
  if (length === CONTINUATION) length = next();
  if (length === 0) return null;
  within("the length of a message", length, source.size - start);
  const body = start + length;
  const checker = new TableChecker(read(source, start, length));
  const message = checker.root;
  checker.check(message, { 4: () => [PAIR] });
  const type = checker.byte(message, 1);
  const header = HEADERS[type];
  if (header === undefined) throw new RangeError(`a message is of the unknown type ${type}`);
  checker.check(message, { 2: () => header });
  const bodyLength = checker.longField(message, 3);
  within("the length of a message's body", bodyLength, source.size - body);
  const inner = checker.table(message, 2);
  const isDictionary = type === HEADER_TYPE.DICTIONARY_BATCH;
  const batch = isDictionary ? checker.table(inner, 1) : inner;
  if (isDictionary || type === HEADER_TYPE.RECORD_BATCH) {
    const most = 8 * bodyLength + FREE_ROWS;
    within("the length of a batch", checker.longField(batch, 0), most);
    for (const node of checker.structs(batch, 1, 16)) {
      within("the length of a column", checker.long(node), most);
    }
    for (const buffer of checker.structs(batch, 2, 16)) {
      const [offset, size] = [checker.long(buffer), checker.long(buffer + 8)];
      within("the place of a buffer", offset, bodyLength);
      within("the length of a buffer", size, bodyLength - offset);
    }
  }
  return body + bodyLength;
}

/** Checks that the tables of a buffer lie in it. */
class TableChecker {
  readonly #view: DataView;
  /** What is left to be seen: a buffer whose tables refer to each other has no end. */
  #visits: number;

  constructor(view: DataView) {
    this.#view = view;
    this.#visits = view.byteLength;
  }

  /** Where the outermost table is. */
  get root(): number {
    return this.#target(0);
  }

  /** Checks a table and all that it refers to. */
  check(at: number, table: Table, level = 0): void {
    if (level > MOST_LEVELS || --this.#visits < 0) throw new RangeError("its tables have no end");
    for (const [place, target] of Object.entries(table)) {
      const field = this.#field(at, Number(place));
      if (field !== null) this.#checkTarget(this.#target(field), target(), level + 1);
    }
    // A table that refers to nothing has a layout all the same.
    this.#field(at, 0);
  }

  /** The table that a field refers to. */
  table(at: number, place: number): number {
    const field = this.#field(at, place);
    if (field === null) throw new RangeError("a message lacks a part");
    return this.#target(field);
  }

  /** Where the elements of a checked vector lie. */
  *structs(at: number, place: number, bytes: number): Generator<number> {
    const field = this.#field(at, place);
    if (field === null) return;
    const vector = this.#target(field);
    const length = this.#uint32(vector);
    for (let i = 0; i < length; i++) yield vector + 4 + i * bytes;
  }

  byte(at: number, place: number): number {
    const field = this.#field(at, place);
    return field === null ? 0 : this.#view.getUint8(field);
  }

  longField(at: number, place: number): number {
    const field = this.#field(at, place);
    return field === null ? 0 : this.long(field);
  }

  long(at: number): number {
    return Number(this.#view.getBigInt64(at, true));
  }

  #checkTarget(at: number, target: Target, level: number): void {
    if (typeof target === "object" && !(Symbol.iterator in target)) {
      return this.check(at, target, level);
    }
    const length = this.#uint32(at);
    const bytes = target === "text" ? 1 : typeof target === "number" ? target : 4;
    within("the length of a list", length * bytes, this.#view.byteLength - at - 4);
    if (typeof target !== "object") return;
    const [table] = target as readonly [Table];
    for (let i = 0; i < length; i++) this.check(this.#target(at + 4 + 4 * i), table, level);
  }

  /** Where the value of a field is; null for its default. */
  #field(at: number, place: number): number | null {
    const layout = at - this.#view.getInt32(at, true);
    const entry = 4 + 2 * place;
    const size = this.#view.getUint16(layout, true);
    if (size < 4 || layout + size > this.#view.byteLength) {
      throw new RangeError("a table has a layout beyond the end");
    }
    const offset = entry + 2 > size ? 0 : this.#view.getUint16(layout + entry, true);
    return offset === 0 ? null : at + offset;
  }

  #target(at: number): number {
    const target = at + this.#uint32(at);
    within("the place of a part", target, this.#view.byteLength - 4);
    return target;
  }

  #uint32(at: number): number {
    return this.#view.getUint32(at, true);
  }
}

function read(source: RandomAccess, at: number, length: number): DataView {
  const bytes = new Uint8Array(length);
  source.readInto(bytes, at);
  return new DataView(bytes.buffer);
}

function within(what: string, value: number, most: number): void {
  if (value >= 0 && value <= most) return;
  throw new RangeError(`${what} is ${value}, wanted at most ${most}`);
}

/**
 * The headers of the pages of a Parquet file, read before any page is: the package that decodes them
 * believes their sizes and counts. Source: parquet.thrift of Apache Parquet, in Thrift's compact protocol.
 *
 * @module
 */

/** Types of Thrift's compact protocol; those of true and false have no bytes. */
const TYPE = {
  TRUE: 1,
  FALSE: 2,
  BYTE: 3,
  I16: 4,
  I32: 5,
  I64: 6,
  DOUBLE: 7,
  BINARY: 8,
  LIST: 9,
  SET: 10,
  STRUCT: 12,
} as const;

/** Fields of a page header: sizes, then the headers of the kinds of pages, whose first field is a count. */
const [UNCOMPRESSED, COMPRESSED, COUNTED] = [2, 3, [5, 7, 8]];

/** Structures in structures; a header has three. */
const MOST_LEVELS = 8;

/** Writers end a page at about a million bytes or values. */
const MOST_VALUES = 1 << 24;

/** A page may be so long when it is decompressed, and longer by so many times its length in the file. */
const [MOST_BYTES, MOST_TIMES] = [1 << 26, 1 << 10];

/**
 * Checks all pages of a piece of a file.
 *
 * @param bytes Whole pages, one after the other.
 * @throws {RangeError} If a page ends behind the bytes, or holds more than pages do.
 */
export function checkParquetPages(bytes: Uint8Array): void {
  const reader = new HeaderReader(bytes);
  // The package stops one byte before the end.
  while (reader.at < bytes.length - 1) {
    const { uncompressed, compressed, counts } = reader.header();
    within("the size of a page", compressed, bytes.length - reader.at);
    const most = MOST_BYTES + MOST_TIMES * compressed;
    within("the decompressed size of a page", uncompressed, most);
    for (const count of counts) within("the number of values of a page", count, MOST_VALUES);
    reader.at += compressed;
  }
}

function within(what: string, value: number, most: number): void {
  if (value >= 0 && value <= most) return;
  throw new RangeError(`${what} is ${value}, wanted at most ${most}`);
}

/** Reads headers and remembers the numbers that decide how much is read and made. */
class HeaderReader {
  /** Where it is. */
  at = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Sizes of the page that follows, and how many values it is said to hold. */
  header(): { uncompressed: number; compressed: number; counts: number[] } {
    const numbers = new Map<number, number>();
    const counts: number[] = [];
    this.#struct((field, value) => numbers.set(field, value), (field) => {
      if (!COUNTED.includes(field)) return () => {};
      return (inner, value) => {
        if (inner === 1) counts.push(value);
      };
    });
    const [uncompressed, compressed] = [UNCOMPRESSED, COMPRESSED].map((field) =>
      numbers.get(field)
    );
    return { uncompressed: uncompressed ?? 0, compressed: compressed ?? 0, counts };
  }

  /** Reads the fields of a structure: numbers are told, structures within may be looked into. */
  #struct(
    tell: (field: number, value: number) => void,
    look: (field: number) => (field: number, value: number) => void = () => () => {},
    level = 0,
  ): void {
    if (level > MOST_LEVELS) throw new RangeError("a page has a header of too many levels");
    for (let field = 0;;) {
      const byte = this.#byte();
      const type = byte & 0x0f;
      if (type === 0) return;
      field = byte >> 4 === 0 ? this.#zigzag() : field + (byte >> 4);
      if (type === TYPE.STRUCT) this.#struct(look(field), undefined, level + 1);
      else if (type === TYPE.I16 || type === TYPE.I32 || type === TYPE.I64) {
        tell(field, this.#zigzag());
      } else this.#skip(type, level);
    }
  }

  #skip(type: number, level: number): void {
    if (type === TYPE.TRUE || type === TYPE.FALSE) return;
    if (type === TYPE.BYTE) this.#move(1);
    else if (type === TYPE.I16 || type === TYPE.I32 || type === TYPE.I64) this.#varint();
    else if (type === TYPE.DOUBLE) this.#move(8);
    else if (type === TYPE.BINARY) this.#move(this.#varint());
    else if (type === TYPE.STRUCT) this.#struct(() => {}, undefined, level + 1);
    else if (type === TYPE.LIST || type === TYPE.SET) {
      const byte = this.#byte();
      const inner = byte & 0x0f;
      const length = byte >> 4 === 15 ? this.#varint() : byte >> 4;
      within("the length of a list", length, this.#bytes.length - this.at);
      for (let i = 0; i < length; i++) {
        this.#skip(inner === TYPE.TRUE ? TYPE.BYTE : inner, level + 1);
      }
    } else throw new RangeError(`a page has a header with a field of type ${type}`);
  }

  #byte(): number {
    if (this.at >= this.#bytes.length) throw new RangeError("the header of a page does not end");
    return this.#bytes[this.at++];
  }

  #move(length: number): void {
    within("the length of a field", length, this.#bytes.length - this.at);
    this.at += length;
  }

  #varint(): number {
    let [result, unit] = [0, 1];
    for (;; unit *= 128) {
      const byte = this.#byte();
      result += (byte & 0x7f) * unit;
      if (byte < 0x80) return result;
      if (unit > 2 ** 63) throw new RangeError("a number in the header of a page does not end");
    }
  }

  #zigzag(): number {
    const value = this.#varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}

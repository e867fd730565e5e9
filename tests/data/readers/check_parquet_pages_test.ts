import { assertThrows } from "@std/assert";
import { checkParquetPages } from "../../../src/data/readers/check_parquet_pages.ts";

/** A number in Thrift's compact protocol. */
function zigzag(value: number): number[] {
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  const bytes: number[] = [];
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push(128 + rest % 128);
  return [...bytes, rest];
}

/** A page: its type, two sizes, the header of its kind with a count, and its bytes. */
function page(
  { compressed = 2, uncompressed = 2, values = 3, header = 5 } = {},
  bytes: readonly number[] = [0, 0],
): number[] {
  const kind = [0x15, ...zigzag(values), 0x15, 0, 0x11, 0x18, 1, 0, 0];
  const sizes = [0x15, 0, 0x15, ...zigzag(uncompressed), 0x15, ...zigzag(compressed)];
  return [...sizes, (header - 3) * 16 + 12, ...kind, 0, ...bytes];
}

const check = (...pages: number[][]) => checkParquetPages(Uint8Array.from(pages.flat()));

Deno.test("checkParquetPages() takes pages of all kinds, one after the other", () => {
  check();
  check(page(), page({ header: 7 }), page({ header: 8, values: 0 }), page({ uncompressed: 2000 }));
});

Deno.test("checkParquetPages() refuses sizes and counts that no page has", () => {
  for (const compressed of [-1, 3, 2 ** 31 - 1]) {
    assertThrows(
      () => check(page({ compressed })),
      RangeError,
      `the size of a page is ${compressed}`,
    );
  }
  for (const uncompressed of [-1, 2 ** 30]) {
    assertThrows(
      () => check(page({ uncompressed })),
      RangeError,
      `size of a page is ${uncompressed}`,
    );
  }
  for (const header of [5, 7, 8]) {
    for (const values of [-1, 2 ** 24 + 1]) {
      assertThrows(
        () => check(page(), page({ values, header })),
        RangeError,
        `the number of values of a page is ${values}, wanted at most 16777216`,
      );
    }
  }
});

Deno.test("checkParquetPages() refuses headers that do not end or go too deep", () => {
  const whole = page();
  assertThrows(() => check(whole.slice(0, 9)), RangeError, "does not end");
  assertThrows(() => check(Array(50).fill(0x1c)), RangeError, "a header of too many levels");
  assertThrows(() => check([0x18, 0xff, 0x01, 0, 0]), RangeError, "the length of a field is 255");
  assertThrows(() => check([0x19, 0xf5, 0xff, 0x01, 0]), RangeError, "the length of a list is 255");
  assertThrows(() => check([0x1b, 0, 0, 0]), RangeError, "a field of type 11");
  assertThrows(() => check([0x15, ...Array(12).fill(0xff), 0]), RangeError, "does not end");
});

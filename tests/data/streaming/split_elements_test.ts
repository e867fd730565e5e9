import { assertEquals, assertThrows } from "@std/assert";
import { splitElements } from "../../../src/data/streaming/split_elements.ts";
import { InputError } from "../../../src/errors.ts";
import { inChunks } from "./in_chunks.ts";

const CHUNKS = [1, 2, 5, 1000];

function elements(text: string, size: number): { text: string; offset: number; line: number }[] {
  const bytes = new TextEncoder().encode(text);
  const found = splitElements(inChunks(bytes, size), { source: "x.json", start: 3 });
  return Array.from(found, ({ bytes, ...rest }) => ({
    text: new TextDecoder().decode(bytes),
    ...rest,
  }));
}

Deno.test("splitElements() finds what JSON.parse finds, whatever the chunks", () => {
  const values = [
    [],
    [{}],
    [{ a: "x" }, { a: 'brackets ]}, "quotes" and \\ü😀' }, { a: "\\" }, { b: [[1, { c: [] }]] }],
    [1, null, "text, text", [[]], -2.5e3],
  ];
  let checked = 0;
  for (const value of values) {
    for (const indent of [0, 2]) {
      for (const size of CHUNKS) {
        const text = ` \n${JSON.stringify(value, null, indent)}\r\n`;
        const found = elements(text, size);
        assertEquals(found.map(({ text }) => JSON.parse(text)), value);
        assertEquals(found.map(({ line }) => line), value.map((_, index) => index + 1));
        const bytes = new TextEncoder().encode(text);
        for (const { text, offset } of found) {
          const length = new TextEncoder().encode(text).length;
          assertEquals(
            new TextDecoder().decode(bytes.subarray(offset - 3, offset - 3 + length)),
            text,
          );
        }
        checked++;
      }
    }
  }
  assertEquals(checked, 32);
});

Deno.test("splitElements() gives an empty element where a comma stands alone", () => {
  for (
    const [text, wanted] of [["[,1]", ["", "1"]], ["[1,]", ["1", ""]], ["[ 1 , , 2]", [
      "1 ",
      "",
      "2",
    ]]]
  ) {
    for (const size of CHUNKS) {
      assertEquals(elements(text as string, size).map(({ text }) => text), wanted);
    }
  }
});

Deno.test("splitElements() refuses an array that does not end, or not at the end", () => {
  for (const size of CHUNKS) {
    for (const text of ["[", "[1", "[1,", '["]', "[{]", '["\\"]']) {
      assertThrows(
        () => elements(text, size),
        InputError,
        "Cannot read x.json: not valid JSON (the array does not end)",
      );
    }
    for (const text of ["[] x", "[1] ]", "[1]\n[2]"]) {
      assertThrows(() => elements(text, size), InputError, "(something follows the array)");
    }
  }
});

Deno.test("splitElements() refuses an element that is too long, and names it", () => {
  const bytes = new TextEncoder().encode("[1, 123456789]");
  for (const size of [4, 100]) {
    assertThrows(
      () => [...splitElements(inChunks(bytes, size), { source: "x.json", maxBytes: 8 })],
      InputError,
      "Cannot read row 2 of x.json: it is longer than 8 bytes",
    );
  }
});

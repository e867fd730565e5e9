import { assertEquals, assertThrows } from "@std/assert";
import { splitLines } from "../../../src/data/streaming/split_lines.ts";
import { InputError } from "../../../src/errors.ts";
import { inChunks } from "./in_chunks.ts";

const decoder = new TextDecoder();

Deno.test("splitLines() splits as String.split does, whatever the chunks", () => {
  const texts = [
    "",
    "\n",
    "a",
    "a\n",
    "\n\na\r\n\nüñ€😀\n",
    "long line, longer than a chunk\nx\n\n",
  ];
  let checked = 0;
  for (const text of texts) {
    const bytes = new TextEncoder().encode(text);
    for (const size of [1, 2, 3, 7, 1000]) {
      const options = { source: "x.jsonl", start: 3 };
      const lines = Array.from(
        splitLines(inChunks(bytes, size), options),
        ({ bytes, ...rest }) => ({
          text: decoder.decode(bytes),
          ...rest,
        }),
      );
      assertEquals(lines.map(({ text }) => text), text.split("\n"));
      assertEquals(lines.map(({ line }) => line), text.split("\n").map((_, index) => index + 1));
      for (const { text, offset } of lines) {
        const start = offset - 3;
        const length = new TextEncoder().encode(text).length;
        assertEquals(decoder.decode(bytes.subarray(start, start + length)), text);
      }
      checked++;
    }
  }
  assertEquals(checked, 30);
});

Deno.test("splitLines() refuses a line that is too long, and names it", () => {
  const bytes = new TextEncoder().encode("short\n123456789\n");
  for (const size of [4, 100]) {
    assertThrows(
      () => [...splitLines(inChunks(bytes, size), { source: "x.jsonl", maxBytes: 8 })],
      InputError,
      "Cannot read row 2 of x.jsonl: it is longer than 8 bytes",
    );
  }
});

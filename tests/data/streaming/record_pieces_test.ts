import { assertEquals, assertThrows } from "@std/assert";
import { RecordPieces } from "../../../src/data/streaming/record_pieces.ts";
import { InputError } from "../../../src/errors.ts";

Deno.test("RecordPieces copies pieces and puts them together, record after record", () => {
  const pieces = new RecordPieces({ source: "x" });
  const buffer = Uint8Array.of(1, 2, 3);
  pieces.add(buffer, 1);
  buffer.fill(9);
  pieces.add(new Uint8Array(), 1);
  assertEquals(pieces.length, 3);
  assertEquals(pieces.take(Uint8Array.of(4), 1), Uint8Array.of(1, 2, 3, 4));
  assertEquals(pieces.length, 0);
  assertEquals(pieces.take(buffer, 2), Uint8Array.of(9, 9, 9));
  assertEquals(pieces.take(new Uint8Array(), 3), new Uint8Array());
});

Deno.test("RecordPieces refuses a record that is too long", () => {
  const pieces = new RecordPieces({ source: "x.csv", maxBytes: 4 });
  pieces.add(new Uint8Array(3), 7);
  const message = "Cannot read row 7 of x.csv: it is longer than 4 bytes; look for a quote";
  assertThrows(() => pieces.add(new Uint8Array(2), 7), InputError, message);
  assertThrows(() => pieces.take(new Uint8Array(2), 7), InputError, message);
  assertEquals(pieces.take(new Uint8Array(1), 7).length, 4);
});

import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  checkArrowFile,
  checkArrowStream,
} from "../../../src/data/readers/check_arrow_messages.ts";
import { arrowBytes, arrowTable, inMemory } from "../../support/arrow_tables.ts";

const TABLE = arrowTable({
  text: { utf8: ["a", null] },
  kind: { dictionary: ["x", "y"] },
  vector: { lists: [[1, 2], [3]] },
});

Deno.test("checkArrowStream() and checkArrowFile() accept what is whole", () => {
  checkArrowStream(inMemory(arrowBytes(TABLE)));
  checkArrowFile(inMemory(arrowBytes(TABLE, "file")));
  checkArrowStream(inMemory(new Uint8Array()));
});

Deno.test("checkArrowStream() refuses lengths that lead beyond the end", () => {
  const bytes = arrowBytes(TABLE);
  const changed = (at: number, value: number) => {
    const copy = bytes.slice();
    new DataView(copy.buffer).setInt32(at, value, true);
    return () => checkArrowStream(inMemory(copy));
  };
  assertThrows(changed(4, 1 << 30), RangeError, "the length of a message is 1073741824");
  assertThrows(changed(4, -5), RangeError, "the length of a message is -5");
  assertThrows(changed(8, 1 << 28), RangeError, "the place of a part is 268435456");
});

Deno.test("checkArrowStream() refuses a count of anything that is larger than the message", () => {
  const bytes = arrowBytes(TABLE);
  let refused = 0;
  // Of every number of a schema, most are no counts; those that are lead far beyond the end.
  const end = 8 + new DataView(bytes.buffer, bytes.byteOffset).getInt32(4, true);
  for (let at = 8; at < end; at += 4) {
    const copy = bytes.slice();
    new DataView(copy.buffer).setUint32(at, 0x7ffffff0, true);
    try {
      checkArrowStream(inMemory(copy));
    } catch (error) {
      assert(error instanceof RangeError, String(error));
      refused++;
    }
  }
  assert(refused > 30, `${refused} refused`);
});

Deno.test("checkArrowFile() refuses an end that speaks of more than there is", () => {
  const bytes = arrowBytes(TABLE, "file");
  const end = bytes.length - 10;
  for (
    const [at, value, message] of [
      [end, bytes.length, "the length of its description"],
      [end, -1, "the length of its description is -1"],
    ] as const
  ) {
    const copy = bytes.slice();
    new DataView(copy.buffer).setInt32(at, value, true);
    assertThrows(() => checkArrowFile(inMemory(copy)), RangeError, message);
  }
  assertThrows(() => checkArrowFile(inMemory(bytes.slice(0, 12))), RangeError, "too short");
  assertEquals(bytes.length > 100, true);
});

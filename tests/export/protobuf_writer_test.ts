import { assertEquals } from "@std/assert";
import { ProtobufWriter } from "../../src/export/protobuf_writer.ts";

/** A message of one field, in hexadecimal digits. */
function written(add: (writer: ProtobufWriter) => void): string {
  const writer = new ProtobufWriter();
  add(writer);
  const bytes = writer.finish();
  assertEquals(writer.size, bytes.length);
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

Deno.test("ProtobufWriter writes the examples of the format's documentation", () => {
  assertEquals(written((writer) => writer.integer(1, 150)), "08 96 01");
  assertEquals(written((writer) => writer.text(2, "testing")), "12 07 74 65 73 74 69 6e 67");
  assertEquals(written((writer) => writer.integers(6, [3, 270, 86942])), "32 06 03 8e 02 9e a7 05");
  assertEquals(
    written((writer) => {
      const inner = new ProtobufWriter();
      inner.integer(1, 150);
      writer.message(3, inner);
    }),
    "1a 03 08 96 01",
  );
});

Deno.test("ProtobufWriter writes floats, large fields, large and negative integers", () => {
  assertEquals(written((writer) => writer.float(2, 1.5)), "15 00 00 c0 3f");
  assertEquals(written((writer) => writer.integer(20, 0)), "a0 01 00");
  assertEquals(written((writer) => writer.integers(1, [])), "0a 00");
  assertEquals(written((writer) => writer.integer(1, 2 ** 53 - 1)), "08 ff ff ff ff ff ff ff 0f");
  assertEquals(
    written((writer) => writer.integers(8, [-1])),
    "42 0a ff ff ff ff ff ff ff ff ff 01",
  );
  assertEquals(written((writer) => writer.integer(3, -1)), "18 ff ff ff ff ff ff ff ff ff 01");
  assertEquals(written((writer) => writer.text(2, "é")), "12 02 c3 a9");
  assertEquals(written((writer) => writer.bytes(9, new Uint8Array(128))).slice(0, 8), "4a 80 01");
});

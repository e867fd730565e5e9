import { assertEquals } from "@std/assert";
import {
  BYTES_PER_ELEMENT,
  elementCount,
  parseSafetensorsHeader,
} from "../../src/io/safetensors_header.ts";

Deno.test("elementCount() multiplies, and counts one for a scalar", () => {
  assertEquals([[], [0, 7], [3], [2, 3, 4]].map(elementCount), [1, 0, 3, 24]);
});

Deno.test("parseSafetensorsHeader() lists every element type in file order", () => {
  const dtypes = Object.entries(BYTES_PER_ELEMENT);
  assertEquals(dtypes.length, 15);
  let end = 0;
  const places = dtypes.map(([dtype, size]) => {
    const begin = end;
    end += 2 * size;
    return [dtype, { dtype, shape: [2], data_offsets: [begin, end] }];
  });
  const header = { ...Object.fromEntries(places.toReversed()), __metadata__: { format: "pt" } };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  const { metadata, entries, dataStart } = parseSafetensorsHeader(file, "all.safetensors");
  assertEquals([...entries.keys()], dtypes.map(([dtype]) => dtype));
  assertEquals(entries.get("F64"), { dtype: "F64", shape: [2], begin: end - 16, end });
  assertEquals(metadata, { format: "pt" });
  assertEquals(dataStart, 8 + text.length);
});

import { assertEquals, assertThrows } from "@std/assert";
import { bytesOf, elementsOf, emptyLike } from "../../src/distributed/payload_bytes.ts";

Deno.test("bytesOf sees the memory of a view, not of its buffer", () => {
  const values = new Uint32Array([1, 2, 3]).subarray(1, 2);
  const bytes = bytesOf(values);
  assertEquals([...bytes], [2, 0, 0, 0]);
  bytes[1] = 1;
  assertEquals(values[0], 258);
});

Deno.test("elementsOf names the types that can be sent, and refuses others", () => {
  const types = [Float32Array, Uint32Array, Uint8Array].map((Kind) => elementsOf(new Kind(1)));
  assertEquals(types, ["f32", "u32", "u8"]);
  assertThrows(
    () => elementsOf(new Float64Array(1) as unknown as Float32Array),
    TypeError,
    "Cannot send Float64Array: wanted Float32Array, Uint32Array or Uint8Array",
  );
});

Deno.test("emptyLike has the type of its model", () => {
  for (const Kind of [Float32Array, Uint32Array, Uint8Array]) {
    assertEquals(emptyLike(new Kind(1), 2), new Kind(2));
  }
});

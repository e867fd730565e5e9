import { assertEquals } from "@std/assert";
import { bytesOf } from "../../src/io/embeddings_encoder.ts";

Deno.test("bytesOf() shows the numbers' memory, of a part too", () => {
  const data = Float32Array.of(0, 1.5, -2);
  const bytes = bytesOf(data.subarray(1));
  assertEquals([...bytes], [0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0]);
  assertEquals(bytes.buffer, data.buffer);
});

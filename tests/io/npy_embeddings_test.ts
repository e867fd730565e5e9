import { assertEquals } from "@std/assert";
import { encodeNpy } from "../../src/io/npy.ts";
import { npyEmbeddings } from "../../src/io/npy_embeddings.ts";

Deno.test("npyEmbeddings() makes, in parts, the bytes of encodeNpy()", () => {
  const data = Float32Array.from({ length: 12 }, (_, i) => i / 3);
  const encoder = npyEmbeddings({ rows: 3, columns: 4 });
  const parts = [
    encoder.begin(),
    encoder.add({ texts: ["a"], data: data.subarray(0, 4) }),
    encoder.add({ texts: ["b", "c"], data: data.subarray(4) }),
    encoder.end(),
  ];
  assertEquals(parts.flatMap((part) => [...part]), [...encodeNpy(data, [3, 4])]);
});

import { assertEquals } from "@std/assert";
import { encodeSafetensors } from "../../src/io/safetensors.ts";
import { EMBEDDINGS_TENSOR, safetensorsEmbeddings } from "../../src/io/safetensors_embeddings.ts";

Deno.test("safetensorsEmbeddings() makes, in parts, the bytes of encodeSafetensors()", () => {
  for (const [rows, columns] of [[3, 4], [1000, 12], [0, 8]]) {
    const data = Float32Array.from({ length: rows * columns }, (_, i) => i / 3);
    const encoder = safetensorsEmbeddings({ rows, columns });
    const first = Math.min(rows, 1);
    const parts = [
      encoder.begin(),
      encoder.add({ texts: [], data: data.subarray(0, first * columns) }),
      encoder.add({ texts: [], data: data.subarray(first * columns) }),
      encoder.end(),
    ];
    const whole = encodeSafetensors(
      new Map([[EMBEDDINGS_TENSOR, { shape: [rows, columns], data }]]),
    );
    assertEquals(parts.flatMap((part) => [...part]), [...whole]);
  }
});

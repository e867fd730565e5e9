import { assertEquals } from "@std/assert";
import { EMBEDDING_PRECISIONS, quantize } from "../../src/evaluators/quantize.ts";
import { embeddingsOf } from "./fake_embedder.ts";

// Of unit length already, exact in f32.
const some = embeddingsOf([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0]]);

Deno.test("quantize: float32 only scales", () => {
  assertEquals(quantize(embeddingsOf([[0, 5], [0, 0]]), "float32"), embeddingsOf([[0, 1], [0, 0]]));
});

Deno.test("quantize: 255 steps between the extremes of a dimension, cut towards zero", () => {
  const [low, high] = [[...quantize(some, "int8").data], [...quantize(some, "uint8").data]];
  assertEquals(high, [255, 127, 0, 0, 127, 0, 127, 255, 0, 127, 0, 0]);
  assertEquals(low.map((value) => value + 0), [
    ...[127, 0, -128],
    ...[-128, 0, -128],
    ...[0, 127, -128],
    ...[0, -128, -128],
  ]);
});

Deno.test("quantize: one bit says whether a value is above 0", () => {
  const bits = embeddingsOf([[1, 0, 0], [0, 0, 0], [0, 1, 0], [0, 0, 0]]);
  assertEquals([quantize(some, "binary"), quantize(some, "ubinary")], [bits, bits]);
});

Deno.test("EMBEDDING_PRECISIONS: names those of upstream", () => {
  assertEquals([...EMBEDDING_PRECISIONS], ["float32", "int8", "uint8", "binary", "ubinary"]);
});

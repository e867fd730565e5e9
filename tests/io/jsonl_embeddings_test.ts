import { assertEquals } from "@std/assert";
import { embeddingLines, jsonlEmbeddings } from "../../src/io/jsonl_embeddings.ts";

const ROWS = { texts: ['a "b"', "c\nd"], data: Float32Array.of(1, 0.5, -2, 4) };
const LINES = [
  '{"text":"a \\"b\\"","embedding":[1,0.5]}\n',
  '{"text":"c\\nd","embedding":[-2,4]}\n',
];

Deno.test("embeddingLines() has a line for each row", () => {
  assertEquals([...embeddingLines(ROWS, 2)], LINES);
});

Deno.test("jsonlEmbeddings() is these lines and nothing else", () => {
  const encoder = jsonlEmbeddings({ rows: 2, columns: 2 });
  assertEquals([encoder.begin().length, encoder.end().length], [0, 0]);
  assertEquals(new TextDecoder().decode(encoder.add(ROWS)), LINES.join(""));
});

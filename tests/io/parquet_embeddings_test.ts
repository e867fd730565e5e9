import { assert, assertEquals } from "@std/assert";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { parquetEmbeddings } from "../../src/io/parquet_embeddings.ts";

Deno.test("parquetEmbeddings() writes texts and lists of floats, a row group for each part", async () => {
  const columns = 40;
  const parts = [3, 1, 500].map((rows, part) => ({
    texts: Array.from({ length: rows }, (_, row) => row === 0 ? "" : `é ${part} ${row}`),
    data: Float32Array.from({ length: rows * columns }, (_, i) => (i * 7919 + part) % 1000 / 3),
  }));
  const encoder = parquetEmbeddings({ rows: 504, columns });
  const bytes = [
    encoder.begin().slice(),
    ...parts.map((part) => encoder.add(part).slice()),
    encoder.end().slice(),
  ];
  const file = Uint8Array.from(bytes.flatMap((part) => [...part])).buffer;
  const { row_groups, schema } = parquetMetadata(file);
  assertEquals(row_groups.map(({ num_rows }) => Number(num_rows)), [3, 1, 500]);
  assertEquals(schema.slice(1).map(({ type }) => type), [
    "BYTE_ARRAY",
    undefined,
    undefined,
    "FLOAT",
  ]);
  const rows = await parquetReadObjects({ file });
  assertEquals(rows.map(({ text }) => text), parts.flatMap(({ texts }) => texts));
  const numbers = parts.flatMap(({ data }) => [...data]);
  assertEquals(rows.flatMap(({ embedding }) => embedding), numbers);
  assert(rows.every(({ embedding }) => embedding.length === columns));
});

/**
 * Embeddings as a Parquet file, with their texts.
 *
 * @module
 */
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import type { EmbeddedTexts, EmbeddingsEncoder, EmbeddingsShape } from "./embeddings_encoder.ts";

const SCHEMA: ConstructorParameters<typeof ParquetWriter>[0]["schema"] = [
  { name: "root", num_children: 2 },
  { name: "text", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "REQUIRED" },
  { name: "embedding", converted_type: "LIST", repetition_type: "REQUIRED", num_children: 1 },
  { name: "list", repetition_type: "REPEATED", num_children: 1 },
  { name: "element", type: "FLOAT", repetition_type: "REQUIRED" },
];

/** Bytes that are written already stay out of memory, and count for places in the file. */
class Bytes extends ByteWriter {
  /** What was added since the last time. */
  take(): Uint8Array {
    const bytes = this.getBytes().slice();
    this.index = 0;
    return bytes;
  }
}

/**
 * Encodes columns `text` and `embedding`, a list of 32-bit floats. The rows that are added together are a
 * row group.
 *
 * @param shape How many there will be.
 * @returns The encoder.
 */
export function parquetEmbeddings({ columns }: EmbeddingsShape): EmbeddingsEncoder {
  const bytes = new Bytes();
  const writer = new ParquetWriter({ writer: bytes, schema: SCHEMA, createdBy: "sentrain" });
  return {
    begin: () => bytes.take(),
    add: ({ texts, data }: EmbeddedTexts) => {
      const embeddings = texts.map((_, row) =>
        Array.from(data.subarray(row * columns, (row + 1) * columns))
      );
      writer.write({
        columnData: [
          { name: "text", data: [...texts] },
          // Numbers that seldom repeat want no dictionary.
          { name: "embedding", data: embeddings, encoding: "PLAIN" },
        ],
        rowGroupSize: Math.max(1, texts.length),
      });
      return bytes.take();
    },
    end: () => {
      writer.finish();
      return bytes.take();
    },
  };
}

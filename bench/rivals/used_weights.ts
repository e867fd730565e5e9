/**
 * The initial weights that a step uses, for engines without a sentence-transformers of their own.
 *
 * @module
 */
import type { SafetensorsFile } from "../../src/io/safetensors.ts";

/** A parameter. */
export interface Weight {
  /** Its name in the file. */
  readonly name: string;
  /** Its extents. */
  readonly shape: number[];
  /** Its elements. */
  readonly values: Float32Array<ArrayBuffer>;
}

const WORDS = "embeddings.word_embeddings.weight";

/**
 * Reads all parameters but those of the pooler, which no step uses.
 *
 * @param file The initial weights.
 * @param vocabulary How many rows of the word table to take.
 * @returns The parameters.
 */
export function usedWeights(file: SafetensorsFile, vocabulary: number): Weight[] {
  const names = [...file.entries.keys()].filter((name) => !name.startsWith("pooler."));
  return names.map((name) => {
    const values = file.readFloat32(name);
    const [rows, ...rest] = file.entry(name).shape;
    if (name !== WORDS) return { name, shape: [rows, ...rest], values };
    const [columns] = rest;
    return { name, shape: [vocabulary, columns], values: values.slice(0, vocabulary * columns) };
  });
}

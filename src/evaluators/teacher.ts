/**
 * Whose embeddings a model should have.
 *
 * @module
 */

import { InputError } from "../errors.ts";
import { embed, truncate } from "./embed.ts";
import type { Embedder, Embeddings } from "./embedder.ts";

/** A model, or the embeddings that it gave. */
export type Teacher = Embedder | Embeddings;

/**
 * The teacher's embeddings of texts.
 *
 * @param teacher a model, or one row for each of the texts
 * @param texts the texts
 * @param truncateDim how many dimensions are kept; all where not given
 * @throws {InputError} where there are embeddings, but not one a text
 */
export async function teach(
  teacher: Teacher,
  texts: readonly string[],
  truncateDim?: number,
): Promise<Embeddings> {
  if ("encode" in teacher) return await embed(teacher, texts, { truncateDim });
  if (teacher.rows !== texts.length) {
    throw new InputError(
      `Cannot learn from embeddings: found ${teacher.rows} for ${texts.length} texts, wanted one each`,
    );
  }
  return truncate(teacher, truncateDim);
}

/**
 * The mean of the squared differences of two sets of embeddings, times 100.
 *
 * @param a embeddings `[N, C]`
 * @param b embeddings `[N, C]`
 * @throws {InputError} where the shapes differ
 */
export function meanSquaredError(a: Embeddings, b: Embeddings): number {
  if (a.rows !== b.rows || a.columns !== b.columns) {
    throw new InputError(
      `Cannot compare embeddings with a teacher's: found [${b.rows}, ${b.columns}], ` +
        `wanted [${a.rows}, ${a.columns}]`,
    );
  }
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += (a.data[i] - b.data[i]) ** 2;
  return 100 * sum / a.data.length;
}

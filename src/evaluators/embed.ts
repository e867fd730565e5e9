/**
 * Texts to embeddings as evaluators want them: cut to a width, distinct texts once.
 *
 * @module
 */

import type { Embedder, Embeddings, EmbedOptions } from "./embedder.ts";

/**
 * Embeds texts and cuts the embeddings, also where the embedder does not cut by itself.
 *
 * @param embedder the model to measure
 * @param texts any number of texts
 * @param options prompt and width
 * @returns one row a text
 */
export async function embed(
  embedder: Embedder,
  texts: readonly string[],
  options: EmbedOptions = {},
): Promise<Embeddings> {
  return truncate(await embedder.encode(texts, options), options.truncateDim);
}

/**
 * Embeds several lists of texts, a text that occurs more than once only once.
 *
 * @param embedder the model to measure
 * @param lists lists of texts
 * @param options prompt and width
 * @returns for each list one row a text
 */
export async function embedDistinct(
  embedder: Embedder,
  lists: readonly (readonly string[])[],
  options: EmbedOptions = {},
): Promise<Embeddings[]> {
  const rows = new Map<string, number>();
  for (const texts of lists) {
    for (const text of texts) if (!rows.has(text)) rows.set(text, rows.size);
  }
  const embeddings = await embed(embedder, [...rows.keys()], options);
  return lists.map((texts) => gather(embeddings, texts.map((text) => rows.get(text)!)));
}

/**
 * Some rows of embeddings, in any order, repeated ones included.
 *
 * @param embeddings where they are taken from
 * @param rows their numbers
 */
export function gather({ data, columns }: Embeddings, rows: readonly number[]): Embeddings {
  const taken = new Float32Array(rows.length * columns);
  rows.forEach((row, i) => {
    taken.set(data.subarray(row * columns, (row + 1) * columns), i * columns);
  });
  return { data: taken, rows: rows.length, columns };
}

/**
 * Neighbouring rows of embeddings, without copying them.
 *
 * @param embeddings where they are taken from
 * @param first the first of them
 * @param end the row after the last
 */
export function slice({ data, columns }: Embeddings, first: number, end: number): Embeddings {
  return { data: data.subarray(first * columns, end * columns), rows: end - first, columns };
}

/**
 * Keeps the first dimensions of embeddings.
 *
 * @param embeddings what to cut
 * @param dimensions how many are kept; all where not given or not fewer
 */
export function truncate(embeddings: Embeddings, dimensions?: number): Embeddings {
  const { data, rows, columns } = embeddings;
  if (dimensions === undefined || dimensions >= columns) return embeddings;
  const kept = new Float32Array(rows * dimensions);
  for (let row = 0; row < rows; row++) {
    kept.set(data.subarray(row * columns, row * columns + dimensions), row * dimensions);
  }
  return { data: kept, rows, columns: dimensions };
}

/**
 * Checks a width.
 *
 * @param dimensions how many dimensions are to be kept, if that is given
 * @returns it
 * @throws {RangeError} where it is not an integer of at least 1
 */
export function checkTruncateDim(dimensions: number | undefined): number | undefined {
  return checkCount("truncateDim", dimensions);
}

/**
 * Checks an option that counts something.
 *
 * @param name its name, for the message
 * @param value what was given, if anything
 * @returns it
 * @throws {RangeError} where it is not an integer of at least 1
 */
export function checkCount<Value extends number | undefined>(name: string, value: Value): Value {
  if (value !== undefined && (!Number.isInteger(value) || value < 1)) {
    throw new RangeError(`Cannot use ${name} ${value}: wanted an integer of at least 1`);
  }
  return value;
}

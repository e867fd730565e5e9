/**
 * Keeps rows that were read from disk a while longer, in bounded memory.
 *
 * @module
 */

/** An array of texts and its entry in a map, roughly. */
const ENTRY_BYTES = 100;

/**
 * The texts of rows in two generations, as in `TokenCache`: when the young one is full it becomes the
 * old one, and what was old is forgotten. A batch asks for its rows once a column, so that the second
 * column finds what the first one read.
 */
export class RowCache {
  readonly #generationBytes: number;
  #young = new Map<number, readonly string[]>();
  #old = new Map<number, readonly string[]>();
  #youngBytes = 0;

  /**
   * An empty cache.
   *
   * @param bytes Memory to use at most, counting two bytes a character and about 100 a row.
   */
  constructor(bytes: number) {
    this.#generationBytes = bytes / 2;
  }

  /** The texts of a row, if they are still there. */
  get(row: number): readonly string[] | undefined {
    return this.#young.get(row) ?? this.#old.get(row);
  }

  /** Keeps the texts of a row, unless they alone would fill a generation. */
  set(row: number, texts: readonly string[]): void {
    const bytes = texts.reduce((sum, text) => sum + 2 * text.length, ENTRY_BYTES);
    if (bytes > this.#generationBytes) return;
    if (this.#youngBytes + bytes > this.#generationBytes) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngBytes = 0;
    }
    this.#young.set(row, texts);
    this.#youngBytes += bytes;
  }
}

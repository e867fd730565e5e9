/**
 * Keeps the token ids of texts that occur again, in bounded memory.
 *
 * @module
 */

/** A text in UTF-16 and the objects around it and its ids, roughly. */
const ENTRY_BYTES = 200;

/**
 * A cache in two generations: new entries go to the young one; when that is full it becomes the old
 * one, and what was old and not asked for since is forgotten. This keeps what is in use without
 * bookkeeping on every hit.
 */
export class TokenCache {
  readonly #generationBytes: number;
  #young = new Map<number, Map<string, Uint32Array<ArrayBuffer>>>();
  #old = new Map<number, Map<string, Uint32Array<ArrayBuffer>>>();
  #youngBytes = 0;

  /**
   * An empty cache.
   *
   * @param bytes Memory to use at most, counting texts, ids and about 200 bytes an entry.
   */
  constructor(bytes: number) {
    this.#generationBytes = bytes / 2;
  }

  /** The ids that were stored for this text and maximum length, if they are still there. */
  get(text: string, maxLength: number): Uint32Array<ArrayBuffer> | undefined {
    const young = this.#young.get(maxLength)?.get(text);
    if (young !== undefined) return young;
    const old = this.#old.get(maxLength)?.get(text);
    if (old !== undefined) this.set(text, maxLength, old);
    return old;
  }

  /** Stores ids; they are not kept if they alone would fill a generation. */
  set(text: string, maxLength: number, ids: Uint32Array<ArrayBuffer>): void {
    const bytes = ENTRY_BYTES + 2 * text.length + ids.byteLength;
    if (bytes > this.#generationBytes) return;
    if (this.#youngBytes + bytes > this.#generationBytes) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngBytes = 0;
    }
    let byText = this.#young.get(maxLength);
    if (byText === undefined) this.#young.set(maxLength, byText = new Map());
    byText.set(text, ids);
    this.#youngBytes += bytes;
  }
}

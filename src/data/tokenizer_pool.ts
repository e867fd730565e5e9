/**
 * Tokenizes in workers, so that the main thread is free to record GPU work.
 *
 * @module
 */
import type { TokenizedTexts, TokenizerContents, TokenizeRequest } from "./tokenize_worker.ts";
import type { Tokenizer } from "./tokenizer.ts";
import { WorkerClient } from "./worker_client.ts";

type Client = WorkerClient<TokenizerContents | TokenizeRequest, TokenizedTexts>;

/**
 * A tokenizer and workers that fill its cache. The workers start with the pool. They keep the process
 * alive, also while they are idle, until {@linkcode TokenizerPool.close} ends them.
 *
 * Starting a worker needs permission to read this package's files, or to import them where they come
 * from the network. A worker that runs out of memory ends the process.
 */
export class TokenizerPool {
  readonly #tokenizer: Tokenizer;
  readonly #clients: readonly Client[];
  #turn = 0;
  #end: Error | null = null;

  /**
   * Starts the workers.
   *
   * @param tokenizer Whose ids are wanted. Every worker makes its own from the same contents.
   * @param workers Number of workers; with 0 the calling thread tokenizes.
   * @throws {RangeError} If `workers` is not an integer from 0 on.
   */
  constructor(tokenizer: Tokenizer, workers: number) {
    if (!Number.isInteger(workers) || workers < 0) {
      throw new RangeError(
        `Cannot start a tokenizer pool: found ${workers} workers, wanted an integer from 0 on`,
      );
    }
    this.#tokenizer = tokenizer;
    this.#clients = Array.from({ length: workers }, () => {
      const url = new URL("./tokenize_worker.ts", import.meta.url);
      return new WorkerClient(new Worker(url, { type: "module" }), (error) => this.#stop(error));
    });
    const contents = { json: tokenizer.toJson(), config: tokenizer.toConfig() };
    for (const client of this.#clients) {
      client.request(contents).catch((error) => this.#stop(error));
    }
  }

  /**
   * The ids of many texts, the same as {@linkcode Tokenizer.encode} gives. Workers see only what the
   * tokenizer has not kept, every distinct text of a call once; the tokenizer then keeps it. Several
   * calls may wait at a time.
   *
   * @param texts Any number of texts.
   * @param maxLength Most ids of a text.
   * @returns The ids of every text, in the order of the texts. They are shared with other calls: do
   *   not change them.
   * @throws {RangeError} If `maxLength` is not an integer with room for the special tokens.
   * @throws {TypeError} If the pool is closed, also while this waits.
   * @throws {Error} If a worker died; no later call can succeed.
   */
  async encode(
    texts: readonly string[],
    maxLength: number,
  ): Promise<Uint32Array<ArrayBuffer>[]> {
    if (this.#end !== null) throw this.#end;
    if (this.#clients.length === 0) {
      await null; // The caller goes on first, as it does with workers.
      return texts.map((text) => this.#tokenizer.encode(text, maxLength));
    }
    const sequences = new Map<string, Uint32Array<ArrayBuffer>>();
    const missing: string[] = [];
    for (const text of new Set(texts)) {
      const cached = this.#tokenizer.cached(text, maxLength);
      if (cached === undefined) missing.push(text);
      else sequences.set(text, cached);
    }
    await Promise.all(
      this.#split(missing).map(async ([client, piece]) => {
        const { ids, lengths } = await client.request({ texts: piece, maxLength });
        let start = 0;
        piece.forEach((text, i) => {
          // A copy, since a view would keep the ids of the whole piece for as long as its own.
          const own = ids.slice(start, start += lengths[i]);
          this.#tokenizer.remember(text, maxLength, own);
          sequences.set(text, own);
        });
      }),
    );
    return texts.map((text) => sequences.get(text)!);
  }

  /** Ends the workers; calls that wait are rejected, and so are later ones. */
  close(): void {
    this.#stop(new TypeError("Cannot tokenize: the tokenizer pool is closed"));
  }

  /**
   * Deals texts out to the workers like cards: columns differ in the length of their texts, so that
   * stretches of the list would not be equal work. Calls with few texts begin with different workers.
   */
  #split(texts: readonly string[]): [Client, string[]][] {
    const count = Math.min(this.#clients.length, texts.length);
    return Array.from({ length: count }, (_, piece) => [
      this.#clients[this.#turn++ % this.#clients.length],
      texts.filter((_, i) => i % count === piece),
    ]);
  }

  #stop(reason: Error): void {
    if (this.#end !== null) return;
    this.#end = reason;
    for (const client of this.#clients) client.close(reason);
  }
}

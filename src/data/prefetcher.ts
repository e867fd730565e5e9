/**
 * Makes the next items while the present one is used.
 *
 * @module
 */

/** How far a {@linkcode Prefetcher} runs ahead. */
export interface PrefetchOptions {
  /** Most items that are being made, or wait, before they are asked for; 0 makes them on demand. */
  readonly depth: number;
}

/**
 * Items 0 to `count` - 1 in order, of which up to `depth` are made ahead. An item that cannot be made
 * fails the call that asks for it; those behind it are not affected.
 */
export class Prefetcher<T> {
  readonly #count: number;
  readonly #make: (index: number) => Promise<T>;
  readonly #depth: number;
  readonly #ahead: Promise<T>[] = [];
  readonly #unsettled = new Set<Promise<T>>();
  #started = 0;
  #taken = 0;
  #closed = false;

  /**
   * Begins with the first `depth` items.
   *
   * @param count Number of items.
   * @param make Makes one; it is called in the order of the indices, without waiting in between.
   * @param options How far to run ahead.
   * @throws {RangeError} If `count` or `depth` is not an integer from 0 on.
   */
  constructor(count: number, make: (index: number) => Promise<T>, { depth }: PrefetchOptions) {
    for (const [name, value] of Object.entries({ count, depth })) {
      if (!Number.isInteger(value) || value < 0) {
        throw new RangeError(
          `Cannot prefetch: ${name} is ${value}, wanted an integer from 0 on`,
        );
      }
    }
    this.#count = count;
    this.#make = make;
    this.#depth = depth;
    this.#fill();
  }

  /**
   * The next item.
   *
   * @returns The item; several calls may wait at a time and receive items in the order of the calls.
   * @throws {RangeError} If there is none left.
   * @throws {TypeError} If the prefetcher is closed.
   */
  async next(): Promise<T> {
    if (this.#closed) throw new TypeError("Cannot take an item: the prefetcher is closed");
    if (this.#taken === this.#count) {
      throw new RangeError(`Cannot take item ${this.#taken}: there are ${this.#count}`);
    }
    this.#taken++;
    const item = this.#ahead.shift() ?? this.#start();
    this.#fill();
    return await item;
  }

  /**
   * Makes no more items, and waits for those that are being made. A call that waits receives its item;
   * what nobody asked for is dropped, and so are its errors.
   */
  async close(): Promise<void> {
    this.#closed = true;
    this.#ahead.length = 0;
    await Promise.allSettled(this.#unsettled);
  }

  #fill(): void {
    while (this.#ahead.length < this.#depth && this.#started < this.#count) {
      this.#ahead.push(this.#start());
    }
  }

  #start(): Promise<T> {
    const item = Promise.try(this.#make, this.#started++);
    this.#unsettled.add(item);
    // Also marks an error as seen, which is delivered when the item is asked for, or never.
    const settled = () => void this.#unsettled.delete(item);
    item.then(settled, settled);
    return item;
  }
}

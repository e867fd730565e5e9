/**
 * A priority queue of numbers.
 *
 * @module
 */

/** Numbers of which the smallest is at hand; adding and taking cost O(log n). */
export class MinHeap {
  readonly #items: number[] = [];

  /** Number of items. */
  get size(): number {
    return this.#items.length;
  }

  /** Adds an item. */
  push(item: number): void {
    const items = this.#items;
    let hole = items.length;
    items.push(item);
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (items[parent] <= item) break;
      items[hole] = items[parent];
      hole = parent;
    }
    items[hole] = item;
  }

  /**
   * Takes the smallest item out.
   *
   * @throws {RangeError} If there is none.
   */
  pop(): number {
    const items = this.#items;
    const item = items.pop();
    if (item === undefined) throw new RangeError("Cannot take from a heap: it is empty");
    if (items.length === 0) return item;
    const smallest = items[0];
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child + 1 < items.length && items[child + 1] < items[child]) child++;
      if (child >= items.length || items[child] >= item) break;
      items[hole] = items[child];
      hole = child;
    }
    items[hole] = item;
    return smallest;
  }
}

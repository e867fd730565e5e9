/**
 * The k best-scored items, for rankings over more items than one wants to
 * sort or to hold.
 *
 * @module
 */

/**
 * Keeps the k best of the items offered to it: higher scores first, equal scores by lower index.
 *
 * A score of NaN is never kept, so that an item without a score has no rank. Each offer costs
 * O(log k) where it enters, one comparison where it does not.
 */
export class TopK {
  // A binary heap with the worst kept item at its root.
  readonly #scores: Float64Array;
  readonly #indices: Float64Array;
  #size = 0;

  /**
   * Starts with nothing kept.
   *
   * @param k how many items to keep, at least 1
   * @throws {RangeError} where k is not an integer of at least 1
   */
  constructor(k: number) {
    if (!Number.isInteger(k) || k < 1) {
      throw new RangeError(`Cannot keep the best ${k} items: wanted an integer of at least 1`);
    }
    this.#scores = new Float64Array(k);
    this.#indices = new Float64Array(k);
  }

  /**
   * Offers one item.
   *
   * @param score its score
   * @param index its index, an integer up to 2^53 that no other item has
   */
  offer(score: number, index: number): void {
    if (this.#size < this.#scores.length) {
      if (!Number.isNaN(score)) this.#siftUp(this.#size++, score, index);
    } else if (score > this.#scores[0] || (score === this.#scores[0] && index < this.#indices[0])) {
      this.#siftDown(score, index);
    }
  }

  /**
   * Offers neighbouring items.
   *
   * @param scores their scores
   * @param index the index of the first of them
   */
  offerAll(scores: Float64Array, index: number): void {
    // What most items of a long ranking fail at is read once.
    let least = this.#size < this.#scores.length ? -Infinity : this.#scores[0];
    for (let i = 0; i < scores.length; i++) {
      if (scores[i] < least) continue;
      this.offer(scores[i], index + i);
      least = this.#size < this.#scores.length ? -Infinity : this.#scores[0];
    }
  }

  /** The indices of the kept items, best first. */
  indices(): number[] {
    return this.#order().map((position) => this.#indices[position]);
  }

  /**
   * The kept items, best first.
   *
   * @param scores receives their scores, from its beginning on
   * @param indices receives their indices
   * @returns how many there are
   */
  read(scores: Float64Array, indices: Int32Array): number {
    this.#order().forEach((position, rank) => {
      scores[rank] = this.#scores[position];
      indices[rank] = this.#indices[position];
    });
    return this.#size;
  }

  /** Keeps nothing any more. */
  clear(): void {
    this.#size = 0;
  }

  #order(): number[] {
    const order = Array.from({ length: this.#size }, (_, position) => position);
    const scores = this.#scores;
    const indices = this.#indices;
    // No difference of scores, which is not defined between equal infinities.
    return order.sort((p, q) =>
      scores[p] === scores[q] ? indices[p] - indices[q] : scores[p] > scores[q] ? -1 : 1
    );
  }

  #siftUp(position: number, score: number, index: number): void {
    while (position > 0) {
      const parent = (position - 1) >> 1;
      if (!isWorse(score, index, this.#scores[parent], this.#indices[parent])) break;
      this.#move(parent, position);
      position = parent;
    }
    this.#scores[position] = score;
    this.#indices[position] = index;
  }

  #siftDown(score: number, index: number): void {
    const scores = this.#scores;
    const indices = this.#indices;
    let position = 0;
    for (let child = 1; child < this.#size; child = 2 * position + 1) {
      const right = child + 1;
      if (
        right < this.#size && isWorse(scores[right], indices[right], scores[child], indices[child])
      ) child = right;
      if (!isWorse(scores[child], indices[child], score, index)) break;
      this.#move(child, position);
      position = child;
    }
    scores[position] = score;
    indices[position] = index;
  }

  #move(from: number, to: number): void {
    this.#scores[to] = this.#scores[from];
    this.#indices[to] = this.#indices[from];
  }
}

function isWorse(score: number, index: number, thanScore: number, thanIndex: number): boolean {
  return score < thanScore || (score === thanScore && index > thanIndex);
}

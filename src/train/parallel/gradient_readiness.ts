/**
 * When a part of the gradients is finished, while the rest of a backward pass is still recorded.
 *
 * @module
 */
import type { Parameter } from "../../gpu/parameter_slab.ts";

/**
 * Learns from one backward pass after which of its ops a bucket of gradients gets nothing more, and says so
 * in the next pass of the same kind. A pass that goes another way is noticed: its buckets are stale then.
 */
export class GradientReadiness {
  readonly #count: number;
  readonly #watched: readonly Parameter[];
  /** By kind of pass: for each bucket the last op that adds to it. */
  readonly #learned = new WeakMap<object, Int32Array>();
  #expected: Int32Array | null = null;
  #kind: object | null = null;
  #op = 0;
  /** For each bucket the last op of this pass that added to it. */
  #last: Int32Array;
  /** For each bucket the ops that had begun when it was called ready; -1 before. */
  #readyAt: Int32Array;

  /**
   * Begins to watch the parameters: reading `gradient` of one says that an op is about to add to it.
   *
   * @param buckets For each bucket the parameters that lie in it, in whole or in part.
   */
  constructor(buckets: readonly (readonly Parameter[])[]) {
    this.#count = buckets.length;
    this.#last = new Int32Array(this.#count);
    this.#readyAt = new Int32Array(this.#count);
    const places = new Map<Parameter, number[]>();
    buckets.forEach((parameters, bucket) => {
      for (const parameter of parameters) {
        places.set(parameter, [...places.get(parameter) ?? [], bucket]);
      }
    });
    this.#watched = [...places.keys()];
    for (const [{ value }, own] of places) {
      const { gradient } = value;
      const get = () => {
        for (const bucket of own) this.#last[bucket] = this.#op;
        return gradient;
      };
      Object.defineProperty(value, "gradient", { get, configurable: true, enumerable: true });
    }
  }

  /**
   * A backward pass begins.
   *
   * @param kind The same object for passes that run the same ops, such as the loss.
   */
  begin(kind: object): void {
    this.#kind = kind;
    this.#expected = this.#learned.get(kind) ?? null;
    this.#op = 0;
    this.#last.fill(0);
    this.#readyAt.fill(-1);
  }

  /**
   * An op of the pass begins.
   *
   * @returns The buckets to which no later op adds, each once.
   */
  next(): number[] {
    this.#op++;
    const ready: number[] = [];
    if (this.#expected === null) return ready;
    for (let bucket = 0; bucket < this.#count; bucket++) {
      if (this.#readyAt[bucket] >= 0 || this.#expected[bucket] >= this.#op) continue;
      this.#readyAt[bucket] = this.#op;
      ready.push(bucket);
    }
    return ready;
  }

  /**
   * The pass is recorded.
   *
   * @returns The buckets that were not called ready, or too early.
   */
  end(): number[] {
    if (this.#kind !== null) this.#learned.set(this.#kind, this.#last.slice());
    this.#kind = null;
    const all = Array.from({ length: this.#count }, (_, bucket) => bucket);
    return all.filter((bucket) =>
      this.#readyAt[bucket] < 0 || this.#last[bucket] >= this.#readyAt[bucket]
    );
  }

  /** Watches no longer. */
  destroy(): void {
    for (const { value } of this.#watched) {
      const { gradient } = value;
      Object.defineProperty(value, "gradient", {
        value: gradient,
        configurable: true,
        enumerable: true,
        writable: true,
      });
    }
  }
}

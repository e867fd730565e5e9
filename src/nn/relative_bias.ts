/**
 * Attention biases by relative position, which the layers of an encoder share.
 *
 * @module
 */
import type { Parameter, ParameterStore } from "../gpu/parameter_slab.ts";
import type { AttentionBias } from "../ops/attention_bias.ts";
import type { Tape } from "../ops/tape.ts";
import type { Initializer } from "./initialize.ts";

/** What a {@linkcode RelativeBias} is made of. */
export interface RelativeBiasInit {
  /** Name in files, without ".weight". */
  name: string;
  /** Buckets of distances, N: a multiple of 4, at most 32. */
  buckets: number;
  /** Distances from which on all are in one bucket. */
  maxDistance: number;
  /** Heads, H. */
  heads: number;
  /** Initial values. */
  initialize: Initializer;
}

/** A table of biases by bucket and head. */
export class RelativeBias {
  readonly #table: Parameter;
  readonly #buckets: Uint32Array<ArrayBuffer>;

  /**
   * Declares the table; it does not decay, since its name says bias.
   *
   * @param store Where it lives.
   * @param init Name and sizes.
   */
  constructor(store: ParameterStore, init: RelativeBiasInit) {
    const { name, buckets, maxDistance, heads, initialize } = init;
    const shape = [buckets, heads];
    const parts = [{ name: `${name}.weight`, shape }];
    this.#table = store.declare({ parts, shape, decay: false, initialize });
    this.#buckets = Uint32Array.from(
      { length: 2 * maxDistance + 1 },
      (_, i) => relativeBucket(i - maxDistance, buckets, maxDistance),
    );
  }

  /**
   * Brings the buckets to the GPU.
   *
   * @param tape Owns them.
   * @returns What the attention of every layer adds to its scores.
   */
  forAttention(tape: Tape): AttentionBias {
    const buckets = tape.upload([this.#buckets.length], this.#buckets, "buckets of distances");
    return { table: this.#table.value, buckets };
  }
}

/**
 * The bucket of a distance: one half of the buckets for keys up to the query, one for those after it; in
 * each, one bucket a distance, then buckets that grow with its logarithm. Source: Raffel et al.,
 * "Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer", 2020.
 *
 * @param distance Position of the key less that of the query.
 * @param buckets Buckets in all, a multiple of 4.
 * @param maxDistance Distances from which on all are in the last bucket.
 * @returns The bucket, from 0 on.
 */
export function relativeBucket(distance: number, buckets: number, maxDistance: number): number {
  const half = buckets / 2;
  const exact = half / 2;
  const first = distance > 0 ? half : 0;
  const size = Math.abs(distance);
  if (size < exact) return first + size;
  // Logarithms of powers of 2 are rounded: what lies on a boundary belongs to the upper bucket.
  const step = Math.log(size / exact) / Math.log(maxDistance / exact) * (half - exact) + 1e-9;
  return first + Math.min(half - 1, exact + Math.floor(step));
}

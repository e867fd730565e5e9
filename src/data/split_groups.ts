/**
 * Cuts the groups of an id index that are too long for one owner, such as the tokens that begin every
 * sequence, into pieces that many owners sum at once.
 *
 * @module
 */
import type { IdIndex } from "./id_index.ts";

/** An index in three parts; every token is in either `short` or `pieces`. */
export interface SplitIndex {
  /** The groups that are short enough. */
  readonly short: IdIndex;
  /** Pieces of the other groups, in order; the ids of P pieces are 0 to P - 1. */
  readonly pieces: IdIndex;
  /** The groups that were cut: their members are pieces instead of tokens. */
  readonly sums: IdIndex;
}

/**
 * Cuts long groups. The order within a group stays, so that a sum over it stays the same every time.
 *
 * @param index Tokens by id.
 * @param limit The most members of a group or piece, at least 1.
 * @returns Groups and pieces.
 */
export function splitGroups({ order, starts, unique }: IdIndex, limit: number): SplitIndex {
  const [short, pieces, sums] = [new Groups(), new Groups(), new Groups()];
  unique.forEach((id, group) => {
    const members = order.subarray(starts[group], starts[group + 1]);
    if (members.length <= limit) {
      short.add(id, members);
      return;
    }
    const first = pieces.count;
    for (let start = 0; start < members.length; start += limit) {
      pieces.add(pieces.count, members.subarray(start, start + limit));
    }
    sums.add(id, Array.from({ length: pieces.count - first }, (_, i) => first + i));
  });
  return { short: short.index(), pieces: pieces.index(), sums: sums.index() };
}

/** An index under construction. */
class Groups {
  readonly #order: number[] = [];
  readonly #starts = [0];
  readonly #unique: number[] = [];

  get count(): number {
    return this.#unique.length;
  }

  add(id: number, members: ArrayLike<number>): void {
    for (let i = 0; i < members.length; i++) this.#order.push(members[i]);
    this.#starts.push(this.#order.length);
    this.#unique.push(id);
  }

  index(): IdIndex {
    return {
      order: Uint32Array.from(this.#order),
      starts: Uint32Array.from(this.#starts),
      unique: Uint32Array.from(this.#unique),
    };
  }
}

/**
 * Groups the tokens of a batch by id, so that the gradient of an embedding row is summed by one owner
 * in a fixed order instead of with atomics.
 *
 * @module
 */

/** Token indices grouped by id: group `g` is `order[starts[g]]` up to `order[starts[g + 1]]`. */
export interface IdIndex {
  /** Shape [T]: indices of tokens, grouped by ascending id and ascending within a group. */
  readonly order: Uint32Array<ArrayBuffer>;
  /** Shape [U + 1]: where each group starts in `order`, then T. */
  readonly starts: Uint32Array<ArrayBuffer>;
  /** Shape [U]: the distinct ids, ascending. */
  readonly unique: Uint32Array<ArrayBuffer>;
}

/**
 * Groups tokens by id with a counting sort, in time O(T + largest id).
 *
 * @param ids Shape [T]: token ids.
 */
export function indexIds(ids: Uint32Array): IdIndex {
  let largest = 0;
  for (const id of ids) largest = Math.max(largest, id);
  const next = new Uint32Array(ids.length === 0 ? 0 : largest + 1);
  for (const id of ids) next[id]++;

  const unique: number[] = [];
  const starts: number[] = [];
  let placed = 0;
  for (let id = 0; id < next.length; id++) {
    const count = next[id];
    if (count === 0) continue;
    unique.push(id);
    starts.push(placed);
    next[id] = placed;
    placed += count;
  }
  starts.push(placed);

  const order = new Uint32Array(ids.length);
  for (let token = 0; token < ids.length; token++) order[next[ids[token]]++] = token;
  return { order, starts: Uint32Array.from(starts), unique: Uint32Array.from(unique) };
}

/**
 * Which rows have the same texts.
 *
 * @module
 */

/** The kind of every row: rows of one kind have the same texts, in whichever columns. */
export interface RowKinds {
  /** Shape [rows]: numbers from 0. */
  readonly kinds: Uint32Array;
  /** Number of kinds. */
  readonly count: number;
}

/**
 * Numbers the kinds of rows, in time that is linear in the number of ids for a few columns.
 *
 * @param ids Shape [rows * width]: the ids of each row's texts; those of a row get sorted.
 * @param width Texts of a row.
 * @returns The kinds.
 */
export function rowKinds(ids: Uint32Array, width: number): RowKinds {
  const rows = ids.length / width;
  const kinds = new Uint32Array(rows);
  /** Of every kind, its first row. */
  const firsts = new Uint32Array(rows);
  /** For every address one more than the kind that has it, or 0. */
  const table = new Uint32Array(2 * rows);
  let count = 0;
  for (let row = 0; row < rows; row++) {
    const start = row * width;
    sort(ids, start, start + width);
    let address = addressOf(ids, { start, width, addresses: table.length });
    while (table[address] > 0 && !isSame(ids, firsts[table[address] - 1] * width, start, width)) {
      address = address + 1 === table.length ? 0 : address + 1;
    }
    if (table[address] === 0) {
      firsts[count] = row;
      table[address] = ++count;
    }
    kinds[row] = table[address] - 1;
  }
  return { kinds, count };
}

/** Insertion sort: rows have few columns. */
function sort(ids: Uint32Array, start: number, end: number): void {
  for (let i = start + 1; i < end; i++) {
    const id = ids[i];
    let hole = i;
    for (; hole > start && ids[hole - 1] > id; hole--) ids[hole] = ids[hole - 1];
    ids[hole] = id;
  }
}

/** MurmurHash3's mixing (Appleby, public domain), scaled to the number of addresses. */
function addressOf(
  ids: Uint32Array,
  { start, width, addresses }: { start: number; width: number; addresses: number },
): number {
  let hash = 0;
  for (let i = start; i < start + width; i++) {
    let block = Math.imul(ids[i], 0xcc9e2d51);
    block = (block << 15) | (block >>> 17);
    hash ^= Math.imul(block, 0x1b873593);
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return Math.floor(((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32 * addresses);
}

function isSame(ids: Uint32Array, a: number, b: number, width: number): boolean {
  for (let i = 0; i < width; i++) {
    if (ids[a + i] !== ids[b + i]) return false;
  }
  return true;
}

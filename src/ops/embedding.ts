/**
 * Rows of embedding tables.
 *
 * @module
 */
import source from "../../shaders/embedding.wgsl" with { type: "text" };
import { type IdIndex, indexIds } from "../data/id_index.ts";
import { splitGroups } from "../data/split_groups.ts";
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import { checkShape, quadsOf, type Tensor } from "../gpu/tensor.ts";
import { addColumnSums } from "./column_sums.ts";
import type { Tape } from "./tape.ts";

/** Which rows are added up, and where the sums go. */
export interface RowGroups {
  /** Rows by group. */
  readonly order: Tensor;
  /** [U + 1], where each group starts in `order`. */
  readonly starts: Tensor;
  /** [U], the row that each group's sum is added to. */
  readonly distinct: Tensor;
}

/** Ids on the GPU, with what the backward pass needs: which tokens have which id. */
export interface IndexedIds extends RowGroups {
  /** [T], rows of a table. */
  readonly ids: Tensor;
  /** Ids of so many tokens that pieces of them are summed first; null where there are none. */
  readonly long: { readonly pieces: RowGroups; readonly sums: RowGroups } | null;
}

/** Arguments of {@linkcode embedding}. */
export interface EmbeddingInputs {
  /** Rows of the word table. */
  words: IndexedIds;
  /** Rows of the position table, less the offset. */
  positions: IndexedIds;
  /** The word table, [V, C], C a multiple of 4. */
  word: Tensor;
  /** The position table, [P, C]. Default: none. */
  position?: Tensor;
  /** The row of the position table that position 0 takes. Default: 0. */
  positionOffset?: number;
  /** The type table, [Y, C], of which every token takes the first row. Default: none. */
  type?: Tensor;
}

const FORWARD = new Kernel({ name: "embedding", source, entryPoint: "forward" });
const BACKWARD_TABLE = new Kernel({ name: "embedding", source, entryPoint: "backward_table" });

/** The most rows that one workgroup adds up one after the other. */
const LONGEST_GROUP = 128;

/**
 * Uploads ids and sorts them for the backward pass, where the tape records.
 *
 * @param tape Owns the tensors.
 * @param ids [T], rows of a table.
 * @param label Name for errors and profiles.
 * @returns The tensors.
 */
export function uploadIds(
  tape: Tape,
  ids: Uint32Array<ArrayBuffer>,
  label: string,
): IndexedIds {
  const uploaded = tape.upload([ids.length], ids, label);
  if (!tape.recording) {
    return { ids: uploaded, order: uploaded, starts: uploaded, distinct: uploaded, long: null };
  }
  const list = (data: Uint32Array<ArrayBuffer>, name: string) =>
    // Deno panics when it writes nothing into a buffer.
    data.length === 0 ? tape.empty([0], name, "u32") : tape.upload([data.length], data, name);
  const upload = ({ order, starts, unique }: IdIndex, what: string): RowGroups => ({
    order: list(order, `order of ${what}`),
    starts: list(starts, `starts of ${what}`),
    distinct: list(unique, `distinct ${what}`),
  });
  const { short, pieces, sums } = splitGroups(indexIds(ids), LONGEST_GROUP);
  const long = sums.unique.length === 0 ? null : {
    pieces: upload(pieces, `pieces of ${label}`),
    sums: upload(sums, `long ${label}`),
  };
  return { ids: uploaded, ...upload(short, label), long };
}

/**
 * y[t] = word[words[t]] + position[positions[t] + offset] + type[0].
 *
 * Saves the ids. The gradient of a table's row is the sum over its tokens in their order, in pieces of
 * 128 where there are more.
 *
 * @param tape Runs and records the op.
 * @param inputs Ids and tables.
 * @returns y, [T, C].
 * @throws {TypeError} If shapes disagree.
 */
export function embedding(tape: Tape, inputs: EmbeddingInputs): Tensor {
  const { recorder, nothing } = tape.gpu;
  const { words, positions, word, position, positionOffset = 0, type } = inputs;
  const { columns } = word;
  const quads = quadsOf("embedding", word);
  const tokens = words.ids.size;
  checkShape("embedding", "positions", positions.ids, [tokens]);
  if (position !== undefined) {
    checkShape("embedding", "position", position, [position.rows, columns]);
  }
  if (type !== undefined) checkShape("embedding", "type", type, [type.rows, columns]);
  const y = tape.empty([tokens, columns], "embeddings");
  recorder.dispatch(FORWARD, {
    tensors: {
      ids: words.ids,
      positions: positions.ids,
      word,
      position: position ?? nothing,
      kind: type ?? nothing,
      y,
    },
    params: {
      tokens,
      quads,
      has_position: position === undefined ? 0 : 1,
      offset: positionOffset,
      has_type: type === undefined ? 0 : 1,
      groups: 0,
    },
    workgroups: foldWorkgroups(Math.ceil(y.size / 256)),
  });
  const tables = [word, position, type].filter((table) => table !== undefined);
  const saved = [words, positions].flatMap((ids) =>
    [ids, ...Object.values(ids.long ?? {})].flatMap(({ order, starts, distinct }) => [
      order,
      starts,
      distinct,
    ])
  );
  tape.record(y, tables, saved, (dY) => {
    addRows(tape, dY, words, word);
    if (position !== undefined) addRows(tape, dY, positions, position, positionOffset);
    const dType = type === undefined ? null : tape.slot(type);
    if (dType !== null) {
      if (!dType.accumulate) recorder.clear(dType.gradient);
      addColumnSums(tape, dY, dType.gradient);
    }
  });
  return y;
}

/** Records d_table[ids[t] + offset] += d_y[t], if the gradient of the table is wanted. */
function addRows(tape: Tape, dY: Tensor, ids: IndexedIds, table: Tensor, offset = 0): void {
  const { recorder } = tape.gpu;
  const slot = tape.slot(table);
  if (slot === null) return;
  if (!slot.accumulate) recorder.clear(slot.gradient);
  const add = (from: Tensor, { order, starts, distinct }: RowGroups, to: Tensor, offset: number) =>
    recorder.dispatch(BACKWARD_TABLE, {
      tensors: { order, starts, distinct, d_y: from, d_table: to },
      params: {
        tokens: from.rows,
        quads: from.columns / 4,
        has_position: 0,
        offset,
        has_type: 0,
        groups: distinct.size,
      },
      workgroups: foldWorkgroups(distinct.size),
    });
  add(dY, ids, slot.gradient, offset);
  const { long } = ids;
  if (long === null) return;
  tape.temporary([long.pieces.distinct.size, dY.columns], "sums of pieces", (partial) => {
    recorder.clear(partial);
    add(dY, long.pieces, partial, 0);
    add(partial, long.sums, slot.gradient, offset);
  });
}

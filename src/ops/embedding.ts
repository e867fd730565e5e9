/**
 * Rows of embedding tables.
 *
 * @module
 */
import source from "../../shaders/embedding.wgsl" with { type: "text" };
import { indexIds } from "../data/id_index.ts";
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import { checkShape, quadsOf, type Tensor } from "../gpu/tensor.ts";
import { addColumnSums } from "./column_sums.ts";
import type { Tape } from "./tape.ts";

/** Ids on the GPU, with what the backward pass needs: which tokens have which id. */
export interface IndexedIds {
  /** [T], rows of a table. */
  readonly ids: Tensor;
  /** [T], tokens by ascending id. */
  readonly order: Tensor;
  /** [U + 1], where the tokens of each distinct id start in `order`. */
  readonly starts: Tensor;
  /** [U], the distinct ids. */
  readonly distinct: Tensor;
}

/** Arguments of {@linkcode embedding}. */
export interface EmbeddingInputs {
  /** Rows of the word table. */
  words: IndexedIds;
  /** Rows of the position table. */
  positions: IndexedIds;
  /** The word table, [V, C], C a multiple of 4. */
  word: Tensor;
  /** The position table, [P, C]. */
  position: Tensor;
  /** The type table, [Y, C], of which every token takes the first row. Default: none. */
  type?: Tensor;
}

const FORWARD = new Kernel({ name: "embedding", source, entryPoint: "forward" });
const BACKWARD_TABLE = new Kernel({ name: "embedding", source, entryPoint: "backward_table" });

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
    return { ids: uploaded, order: uploaded, starts: uploaded, distinct: uploaded };
  }
  const { order, starts, unique } = indexIds(ids);
  return {
    ids: uploaded,
    order: tape.upload([order.length], order, `order of ${label}`),
    starts: tape.upload([starts.length], starts, `starts of ${label}`),
    distinct: tape.upload([unique.length], unique, `distinct ${label}`),
  };
}

/**
 * y[t] = word[words[t]] + position[positions[t]] + type[0].
 *
 * Saves the ids. The gradient of a table's row is the sum over its tokens in their order.
 *
 * @param tape Runs and records the op.
 * @param inputs Ids and tables.
 * @returns y, [T, C].
 * @throws {TypeError} If shapes disagree.
 */
export function embedding(tape: Tape, inputs: EmbeddingInputs): Tensor {
  const { recorder, nothing } = tape.gpu;
  const { words, positions, word, position, type } = inputs;
  const { columns } = word;
  const quads = quadsOf("embedding", word);
  const tokens = words.ids.size;
  checkShape("embedding", "positions", positions.ids, [tokens]);
  checkShape("embedding", "position", position, [position.rows, columns]);
  if (type !== undefined) checkShape("embedding", "type", type, [type.rows, columns]);
  const y = tape.empty([tokens, columns], "embeddings");
  recorder.dispatch(FORWARD, {
    tensors: {
      ids: words.ids,
      positions: positions.ids,
      word,
      position,
      kind: type ?? nothing,
      y,
    },
    params: { tokens, quads, has_type: type === undefined ? 0 : 1, groups: 0 },
    workgroups: foldWorkgroups(Math.ceil(y.size / 256)),
  });
  const tables = type === undefined ? [word, position] : [word, position, type];
  const saved = [words, positions].flatMap((
    { order, starts, distinct },
  ) => [order, starts, distinct]);
  tape.record(y, tables, saved, (dY) => {
    const addRows = (table: Tensor, { order, starts, distinct }: IndexedIds) => {
      const slot = tape.slot(table);
      if (slot === null) return;
      if (!slot.accumulate) recorder.clear(slot.gradient);
      recorder.dispatch(BACKWARD_TABLE, {
        tensors: { order, starts, distinct, d_y: dY, d_table: slot.gradient },
        params: { tokens, quads, has_type: 0, groups: distinct.size },
        workgroups: foldWorkgroups(distinct.size),
      });
    };
    addRows(word, words);
    addRows(position, positions);
    const dType = type === undefined ? null : tape.slot(type);
    if (dType !== null) {
      if (!dType.accumulate) recorder.clear(dType.gradient);
      addColumnSums(tape, dY, dType.gradient);
    }
  });
  return y;
}

/**
 * Means of rows of an embedding table.
 *
 * @module
 */
import source from "../../shaders/embedding_bag.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import { quadsOf, type Tensor } from "../gpu/tensor.ts";
import { type IndexedIds, type RowGroups, uploadIds } from "./embedding.ts";
import type { Tape } from "./tape.ts";

/** Arguments of {@linkcode embeddingBag}. */
export interface EmbeddingBagInputs {
  /** The table, [V, C], C a multiple of 4. */
  table: Tensor;
  /** Rows of the table, [T]. */
  ids: Uint32Array<ArrayBuffer>;
  /** The first token of every sequence, then T: [S + 1]. Sequences may be empty. */
  sequenceStarts: Uint32Array<ArrayBuffer>;
}

const FORWARD = new Kernel({ name: "embedding_bag", source, entryPoint: "forward" });
const BACKWARD = new Kernel({ name: "embedding_bag", source, entryPoint: "backward" });

/**
 * y[s] = the mean of the table's rows for the tokens of sequence s; zeros for an empty sequence.
 *
 * Saves the ids. The gradient of a row is the sum over its tokens in their order, in pieces of 128 where
 * there are more. Source: `torch.nn.EmbeddingBag` with `mode="mean"`.
 *
 * @param tape Runs and records the op.
 * @param inputs Table, ids and sequences.
 * @returns y, [S, C].
 */
export function embeddingBag(tape: Tape, inputs: EmbeddingBagInputs): Tensor {
  const { table, ids, sequenceStarts } = inputs;
  const { recorder } = tape.gpu;
  const quads = quadsOf("embeddingBag", table);
  const sequences = sequenceStarts.length - 1;
  const y = tape.empty([sequences, table.columns], "embeddings");
  if (ids.length === 0) {
    recorder.clear(y);
    tape.record(y, [table], [], () => {});
    return y;
  }
  const words = uploadIds(tape, ids, "token ids");
  const starts = tape.upload([sequences + 1], sequenceStarts, "sequence starts");
  recorder.dispatch(FORWARD, {
    tensors: { ids: words.ids, starts, table, y },
    params: { sequences, quads, groups: 0, sums: 0 },
    workgroups: foldWorkgroups(Math.ceil(y.size / 256)),
  });
  if (!tape.recording) return y;
  const owner = tape.upload([ids.length], owners(sequenceStarts), "sequences of tokens");
  const lists = [words, ...Object.values(words.long ?? {})]
    .flatMap(({ order, starts, distinct }) => [order, starts, distinct]);
  tape.record(y, [table], [starts, owner, ...lists], (dY) => {
    addMeans(tape, dY, { words, starts, owner, table });
  });
  return y;
}

/** The sequence of each token. */
function owners(sequenceStarts: Uint32Array): Uint32Array<ArrayBuffer> {
  const owner = new Uint32Array(sequenceStarts[sequenceStarts.length - 1]);
  for (let s = 0; s + 1 < sequenceStarts.length; s++) {
    owner.fill(s, sequenceStarts[s], sequenceStarts[s + 1]);
  }
  return owner;
}

interface Tokens {
  readonly words: IndexedIds;
  readonly starts: Tensor;
  readonly owner: Tensor;
  readonly table: Tensor;
}

/** Records d_table[ids[t]] += d_y[s] / n_s for the tokens t of each sequence s. */
function addMeans(tape: Tape, dY: Tensor, { words, starts, owner, table }: Tokens): void {
  const { recorder } = tape.gpu;
  const slot = tape.slot(table);
  if (slot === null) return;
  if (!slot.accumulate) recorder.clear(slot.gradient);
  const add = (from: Tensor, { order, starts: groups, distinct }: RowGroups, to: Tensor) =>
    recorder.dispatch(BACKWARD, {
      tensors: { starts, owner, order, groups, distinct, d_y: from, d_table: to },
      params: {
        sequences: starts.size - 1,
        quads: from.columns / 4,
        groups: distinct.size,
        sums: from === dY ? 0 : 1,
      },
      workgroups: foldWorkgroups(distinct.size),
    });
  add(dY, words, slot.gradient);
  const { long } = words;
  if (long === null) return;
  tape.temporary([long.pieces.distinct.size, dY.columns], "sums of pieces", (partial) => {
    recorder.clear(partial);
    add(dY, long.pieces, partial);
    add(partial, long.sums, slot.gradient);
  });
}

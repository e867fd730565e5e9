/**
 * The best rows of a corpus for many queries, by scores that are never whole.
 *
 * @module
 */
import source from "../../shaders/top_k.wgsl" with { type: "text" };
import type { Embeddings, SearchHits, SearchOptions } from "../evaluators/embedder.ts";
import { TopK } from "../evaluators/top_k.ts";
import type { Similarity } from "../evaluators/similarity.ts";
import type { Gpu } from "../gpu/device.ts";
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { matmul } from "./matmul.ts";

/** Arguments of {@linkcode topK}. */
export interface TopKInputs extends SearchOptions {
  /** [Q, C] */
  readonly queries: Embeddings;
  /** [M, C] */
  readonly corpus: Embeddings;
  /** The most queries and rows of the corpus of one tile of scores. Default: what suits the device. */
  readonly tile?: readonly [queries: number, rows: number];
}

const kernel = (entryPoint: string, overrides = {}) =>
  new Kernel({ name: "top_k", source, entryPoint, overrides });
const DISTANCES = {
  euclidean: kernel("distances", { MANHATTAN: 0 }),
  manhattan: kernel("distances", { MANHATTAN: 1 }),
};
const SELECT_BEST = kernel("select_best");

/** The most scores of a tile: what stays in the caches of a CPU, or keeps a GPU busy. */
const TILE_SIZE = { gpu: 1 << 23, software: 1 << 20 };
/** The most entries in the lists of one block of queries. */
const LIST_SIZE = 1 << 24;
/** Threads that keep a device busy. */
const ENOUGH_THREADS = { gpu: 1 << 14, software: 1 << 6 };
/** Shares of a tile are not smaller. Unit: rows. */
const LEAST_SHARE = 64;
/** What may wait for the device at most. Unit: bytes. */
const IN_FLIGHT = 1 << 26;
/** Below this length vectors are not scaled, as `torch.nn.functional.normalize`. */
const SHORTEST = 1e-12;

/** How the work is divided. */
interface Plan {
  /** Columns, padded to whole vectors of four. */
  readonly columns: number;
  /** Queries of a block, padded likewise. */
  readonly queries: number;
  /** Rows of a tile, padded likewise. */
  readonly rows: number;
  readonly k: number;
  readonly lists: number;
}

/** What the device holds of one block of queries. */
interface Block {
  readonly queries: Tensor;
  readonly corpus: Tensor;
  readonly scores: Tensor;
  readonly keys: Tensor;
  readonly indices: Tensor;
  readonly waiting: Tensor;
}

/**
 * Finds the k best of M rows for each of Q queries: higher scores first, equal ones by lower row; a row
 * whose score is NaN is not found.
 *
 * Queries and rows come to the device in tiles, scores and lists of best rows never leave it: its memory
 * grows with Q k, and not with M. Scores are f32, sums of C products in one order for every row, so that
 * equal rows have equal scores. For `cosine` both sides are scaled to unit length before.
 *
 * @param gpu The device.
 * @param inputs Queries, corpus, how many rows, by which score.
 * @returns The best rows; k is M where the corpus has fewer rows.
 * @throws {RangeError} If k is not a positive integer, or the shapes do not fit.
 * @throws {DeviceError} If anything failed on the device.
 */
export async function topK(gpu: Gpu, inputs: TopKInputs): Promise<SearchHits> {
  checkInputs(inputs);
  const { queries } = inputs;
  const k = Math.min(inputs.k, inputs.corpus.rows);
  const indices = new Int32Array(queries.rows * k).fill(-1);
  const scores = new Float64Array(queries.rows * k).fill(NaN);
  if (k === 0 || queries.rows === 0) return { k, indices, scores };
  const plan = planOf(gpu, inputs, k);
  const block: Block = {
    queries: gpu.tensor([plan.queries, plan.columns], "queries"),
    corpus: gpu.tensor([plan.rows, plan.columns], "corpus"),
    scores: gpu.tensor([plan.rows, plan.queries], "scores"),
    keys: gpu.tensor([plan.k, plan.lists * plan.queries], "best scores"),
    indices: gpu.tensor([plan.k, plan.lists * plan.queries], "best rows", "u32"),
    waiting: gpu.tensor([waitingRows(plan), plan.queries], "waiting rows", "u32"),
  };
  try {
    for (let first = 0; first < queries.rows; first += plan.queries) {
      const count = Math.min(plan.queries, queries.rows - first);
      await runBlock(gpu, inputs, { plan, block, first, count });
      const [keys, rows] = [
        await gpu.readIntegers(block.keys),
        await gpu.readIntegers(block.indices),
      ];
      const part = { first: first * k, end: (first + count) * k };
      readLists(plan, { keys, rows }, {
        scores: scores.subarray(part.first, part.end),
        indices: indices.subarray(part.first, part.end),
      });
    }
  } finally {
    gpu.release(...Object.values<Tensor>({ ...block }));
  }
  return { k, indices, scores };
}

const SIMILARITIES: readonly Similarity[] = ["cosine", "dot", "euclidean", "manhattan"];

function checkInputs({ queries, corpus, k, similarity }: TopKInputs): void {
  if (!SIMILARITIES.includes(similarity)) {
    throw new RangeError(
      `Cannot run topK: similarity is ${similarity}, wanted one of ${SIMILARITIES.join(", ")}`,
    );
  }
  if (!Number.isInteger(k) || k < 1) {
    throw new RangeError(`Cannot run topK: k is ${k}, wanted a positive integer`);
  }
  for (const [name, { data, rows, columns }] of Object.entries({ queries, corpus })) {
    if (data.length !== rows * columns) {
      throw new RangeError(
        `Cannot run topK: "${name}" has ${data.length} values, wanted ${rows} x ${columns}`,
      );
    }
  }
  if (queries.columns !== corpus.columns && queries.rows * corpus.rows > 0) {
    throw new RangeError(
      `Cannot run topK: found ${queries.columns} columns of queries and ${corpus.columns} of corpus, wanted equally many`,
    );
  }
}

function planOf(gpu: Gpu, { queries, corpus, tile }: TopKInputs, k: number): Plan {
  const columns = padded(queries.columns);
  const most = Math.max(4, padded(Math.floor(LIST_SIZE / k) - 3));
  const wanted = padded(Math.min(queries.rows, tile?.[0] ?? 2048));
  const block = Math.min(wanted, most);
  const rows = padded(
    Math.min(corpus.rows, tile?.[1] ?? Math.min(8192, TILE_SIZE[gpu.kind] / block)),
  );
  const threads = block / 4;
  const lists = Math.min(
    Math.max(1, Math.floor(rows / LEAST_SHARE)),
    Math.ceil(ENOUGH_THREADS[gpu.kind] / threads),
    Math.max(1, Math.floor(LIST_SIZE / (k * block))),
  );
  return { columns, queries: block, rows, k, lists };
}

/** Rows that may wait, for each query: a share for each list. */
function waitingRows({ rows, lists }: Plan): number {
  return Math.ceil(rows / lists) * lists;
}

function padded(count: number): number {
  return Math.ceil(count / 4) * 4;
}

/** Brings one block of queries and then the whole corpus to the device. */
async function runBlock(
  gpu: Gpu,
  { queries, corpus, similarity }: TopKInputs,
  { plan, block, first, count }: { plan: Plan; block: Block; first: number; count: number },
): Promise<void> {
  const unit = similarity === "cosine";
  gpu.recorder.clear(block.keys);
  send(gpu, block.queries, rowsOf(queries, { first, count, columns: plan.columns, unit }));
  const tileBytes = plan.rows * plan.columns * 4;
  let waiting = 0;
  for (let row = 0; row < corpus.rows; row += plan.rows) {
    const rows = Math.min(plan.rows, corpus.rows - row);
    const tile = { first: row, count: rows, columns: plan.columns, unit };
    send(gpu, block.corpus, rowsOf(corpus, tile));
    computeScores(gpu, { plan, block, similarity, rows });
    const share = Math.ceil(rows / plan.lists);
    gpu.recorder.dispatch(SELECT_BEST, {
      tensors: block as unknown as Record<string, Tensor>,
      params: { ...paramsOf(plan), rows, first: row, share },
      workgroups: foldWorkgroups(Math.ceil(plan.queries / 4 * plan.lists / 64)),
    });
    gpu.recorder.submit();
    waiting += tileBytes;
    if (waiting >= IN_FLIGHT) {
      await gpu.device.queue.onSubmittedWorkDone();
      waiting = 0;
    }
  }
}

function paramsOf(plan: Plan): Record<string, number> {
  const { queries, k, lists, columns } = plan;
  return { queries, k, lists, quads: columns / 4, rows: 0, first: 0, share: 0 };
}

/** Writes whole rows to the beginning of a tensor, after what is recorded has read it. */
function send(gpu: Gpu, tensor: Tensor, data: Float32Array<ArrayBuffer>): void {
  gpu.recorder.submit();
  gpu.recorder.write(tensor.allocation, tensor.byteOffset, data);
}

/** Rows as the device wants them: padded columns, unit length where that is wanted. */
function rowsOf(
  { data, columns: width }: Embeddings,
  { first, count, columns, unit }: { first: number; count: number; columns: number; unit: boolean },
): Float32Array<ArrayBuffer> {
  const rows = new Float32Array(count * columns);
  if (width === columns) {
    rows.set(data.subarray(first * width, (first + count) * width));
  } else {
    for (let i = 0; i < count; i++) {
      rows.set(data.subarray((first + i) * width, (first + i + 1) * width), i * columns);
    }
  }
  for (let start = 0; unit && start < rows.length; start += columns) {
    let squares = 0;
    for (let c = start; c < start + columns; c++) squares += rows[c] * rows[c];
    const length = Math.max(Math.sqrt(squares), SHORTEST);
    for (let c = start; c < start + columns; c++) rows[c] /= length;
  }
  return rows;
}

/** Records the scores of the tile's rows against the block's queries. */
function computeScores(
  gpu: Gpu,
  { plan, block, similarity, rows }: {
    plan: Plan;
    block: Block;
    similarity: TopKInputs["similarity"];
    rows: number;
  },
): void {
  const { queries, corpus, scores } = block;
  if (similarity === "cosine" || similarity === "dot") {
    // All rows, also of a last tile with fewer: how a product is divided depends on its size, and equal
    // rows of different tiles must have the same bits.
    const { rows: m, queries: n, columns: k } = plan;
    matmul(gpu, {
      a: { tensor: corpus },
      b: { tensor: queries, transposed: true },
      c: scores,
      m,
      n,
      k,
    });
    return;
  }
  gpu.recorder.dispatch(DISTANCES[similarity], {
    tensors: { queries, corpus, tile: scores },
    params: { ...paramsOf(plan), rows },
    workgroups: foldWorkgroups(Math.ceil(plan.queries / 4 * Math.ceil(rows / 4) / 64)),
  });
}

/** Merges and sorts the lists of each query. */
function readLists(
  { queries, lists, k }: Plan,
  { keys, rows }: { keys: Uint32Array; rows: Uint32Array },
  into: { scores: Float64Array; indices: Int32Array },
): void {
  const stride = lists * queries;
  const best = new TopK(k);
  const bits = new Uint32Array(1);
  const value = new Float32Array(bits.buffer);
  for (let query = 0; query * k < into.indices.length; query++) {
    best.clear();
    for (let list = query; list < stride; list += queries) {
      for (let at = list; at < keys.length; at += stride) {
        if (keys[at] === 0) continue;
        bits[0] = keys[at] >= 0x80000000 ? keys[at] - 0x80000000 : ~keys[at];
        best.offer(value[0], rows[at]);
      }
    }
    const start = query * k;
    best.read(into.scores.subarray(start, start + k), into.indices.subarray(start, start + k));
  }
}

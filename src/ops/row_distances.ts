/**
 * Distances of all rows from all rows, by class, never held as a whole.
 *
 * @module
 */
import source from "../../shaders/row_distances.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import { checkShape, quadsOf, type Tensor } from "../gpu/tensor.ts";
import { matmul } from "./matmul.ts";
import { RowKernel } from "./row_kernel.ts";
import type { Tape } from "./tape.ts";

/** How far rows are from each other: |x - y|, or 1 - x . y for rows of length 1. */
export type RowDistance = "euclidean" | "cosine";

/** Arguments of {@linkcode RowDistances}. */
export interface RowDistancesInputs {
  /** [B, C], C a multiple of 4. */
  x: Tensor;
  /** [B]: the classes, as numbers. */
  labels: Tensor;
  /** How far rows are from each other. */
  distance: RowDistance;
  /** Rows of one block of distances. Default: as many as 2^21 elements hold, at least 1. */
  blockRows?: number;
}

/** Some rows of the matrix of distances, with all its B columns. */
export interface DistanceBlock {
  /** The first row; rows and columns are in the order of the classes. */
  readonly row: number;
  /** How many rows it has. */
  readonly blockRows: number;
  /** [blockRows, B] */
  readonly distances: Tensor;
}

const kernel = (entryPoint: string) => new Kernel({ name: "row_distances", source, entryPoint });
const RANK = kernel("rank");
const GATHER = kernel("gather");
const SQUARE = new RowKernel({ name: "row_distances", source, entryPoint: "square" });
const TO_DISTANCES = kernel("to_distances");
const TO_PRODUCTS = kernel("to_products");
const COLUMN_SUMS = kernel("column_sums");
const ROW_SUMS = new RowKernel({ name: "row_distances", source, entryPoint: "row_sums" });
const FINISH = kernel("finish");
const BLOCK_ELEMENTS = 2 ** 21;

/**
 * The distances of B rows from each other, in blocks of rows, forward and backward.
 *
 * Rows are sorted by class first, so that the positives of row r are the columns from spans[r][0] to
 * spans[r][1] and the negatives are all others. Memory is that of one block, two in the backward pass,
 * and of a sorted copy of the rows. The diagonal is 0, or not a number where the row is not.
 *
 * Euclidean distances come from dot products, as upstream: a square of at most 2^-20 (|x|^2 + |y|^2) is
 * lost in rounding and counts as 0, and a distance of 0 has gradient 0.
 */
export class RowDistances {
  /** The first column of a row's class, and the one after its last: [B, 2]. */
  readonly spans: Tensor;
  /** B */
  readonly rows: number;
  readonly #tape: Tape;
  readonly #inputs: RowDistancesInputs;
  readonly #sorted: Tensor;
  readonly #order: Tensor;
  readonly #squares: Tensor;
  readonly #params: Readonly<
    Record<"rows" | "quads" | "row" | "block_rows" | "euclidean" | "accumulate", number>
  >;

  /**
   * Sorts the rows.
   *
   * @param tape Runs the kernels and owns what they make.
   * @param inputs Rows, classes and distance.
   * @throws {TypeError} If shapes disagree.
   */
  constructor(tape: Tape, inputs: RowDistancesInputs) {
    const { x, labels, distance } = inputs;
    const { gpu } = tape;
    const quads = quadsOf("rowDistances", x);
    const { rows } = x;
    checkShape("rowDistances", "labels", labels, [rows]);
    this.#tape = tape;
    this.#inputs = inputs;
    this.rows = rows;
    const euclidean = distance === "euclidean" ? 1 : 0;
    this.#params = { rows, quads, row: 0, block_rows: rows, euclidean, accumulate: 0 };
    const params = this.#params;
    this.#order = tape.empty([rows], "class order", "u32");
    this.spans = tape.empty([rows, 2], "spans of classes", "u32");
    this.#sorted = tape.empty(x.shape, "rows by class");
    this.#squares = tape.empty([rows], "squares");
    gpu.recorder.dispatch(RANK, {
      tensors: { labels, new_order: this.#order, new_spans: this.spans },
      params,
      workgroups: foldWorkgroups(Math.ceil(rows / 64)),
    });
    gpu.recorder.dispatch(GATHER, {
      tensors: { x, order: this.#order, gathered: this.#sorted },
      params,
      workgroups: foldWorkgroups(Math.ceil(rows * quads / 64)),
    });
    SQUARE.dispatch(gpu, {
      tensors: { sorted: this.#sorted, new_squares: this.#squares },
      params,
      rows,
    });
  }

  /** What {@linkcode addGradient} reads: an op names them as saved. */
  get saved(): readonly Tensor[] {
    return [this.#sorted, this.#order, this.#squares, this.spans];
  }

  /**
   * Computes one block after the other into the same memory.
   *
   * @param use Receives each block.
   */
  eachBlock(use: (block: DistanceBlock) => void): void {
    const { gpu } = this.#tape;
    const { rows } = this;
    const C = this.#sorted.columns;
    const most = this.#inputs.blockRows ?? Math.max(1, Math.floor(BLOCK_ELEMENTS / rows));
    this.#tape.temporary([Math.min(rows, most), rows], "distances", (distances) => {
      for (let row = 0; row < rows; row += most) {
        const blockRows = Math.min(most, rows - row);
        matmul(gpu, {
          a: { tensor: this.#sorted, offset: row * C },
          b: { tensor: this.#sorted, transposed: true },
          c: distances,
          m: blockRows,
          n: rows,
          k: C,
        });
        gpu.recorder.dispatch(TO_DISTANCES, {
          tensors: { squares: this.#squares, block: distances },
          params: { ...this.#params, row, block_rows: blockRows },
          workgroups: foldWorkgroups(Math.ceil(blockRows * rows / 64)),
        });
        use({ row, blockRows, distances });
      }
    });
  }

  /**
   * Adds to the gradient of x.
   *
   * @param fill Writes the gradients of all distances of a block, [blockRows, B], 0 on the diagonal.
   */
  addGradient(fill: (block: DistanceBlock, weights: Tensor) => void): void {
    const tape = this.#tape;
    const slot = tape.slot(this.#inputs.x);
    if (slot === null) return;
    const { rows } = this;
    tape.temporary(
      this.#sorted.shape,
      "gradient by class",
      (gradient) =>
        tape.temporary([rows], "sums of weights", (sums) => {
          this.eachBlock((block) =>
            tape.temporary([block.blockRows, rows], "weights", (weights) => {
              fill(block, weights);
              this.#addBlock(block, weights, { gradient, sums });
            })
          );
          tape.gpu.recorder.dispatch(FINISH, {
            tensors: {
              order: this.#order,
              sorted: this.#sorted,
              gradient,
              all_sums: sums,
              d_x: slot.gradient,
            },
            params: { ...this.#params, accumulate: slot.accumulate ? 1 : 0 },
            workgroups: foldWorkgroups(Math.ceil(this.#sorted.size / 256)),
          });
        }),
    );
  }

  /** What a block of weights brings to the rows of its own and to those of its columns. */
  #addBlock(
    { row, blockRows, distances }: DistanceBlock,
    weights: Tensor,
    { gradient, sums }: { gradient: Tensor; sums: Tensor },
  ): void {
    const { gpu } = this.#tape;
    const { rows } = this;
    const C = this.#sorted.columns;
    const params = { ...this.#params, row, block_rows: blockRows };
    if (params.euclidean !== 0) {
      gpu.recorder.dispatch(TO_PRODUCTS, {
        tensors: { distances, block: weights },
        params,
        workgroups: foldWorkgroups(Math.ceil(blockRows * rows / 64)),
      });
      gpu.recorder.dispatch(COLUMN_SUMS, {
        tensors: { weights, sums },
        params,
        workgroups: foldWorkgroups(Math.ceil(rows / 64)),
      });
      ROW_SUMS.dispatch(gpu, { tensors: { weights, sums }, params, rows: blockRows });
    }
    const own = { tensor: this.#sorted, offset: row * C };
    matmul(gpu, {
      a: { tensor: weights, transposed: true },
      b: own,
      c: gradient,
      m: rows,
      n: C,
      k: blockRows,
      scale: -1,
      accumulate: row > 0,
    });
    matmul(gpu, {
      a: { tensor: weights },
      b: { tensor: this.#sorted },
      c: gradient,
      offset: row * C,
      m: blockRows,
      n: C,
      k: rows,
      scale: -1,
      accumulate: true,
    });
  }
}

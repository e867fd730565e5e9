/**
 * How similar the rows of a batch are to one another.
 *
 * @module
 */
import source from "../../shaders/off_diagonal_moments.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { matmul } from "./matmul.ts";
import type { Tape } from "./tape.ts";

const kernel = (entryPoint: string) =>
  new Kernel({ name: "off_diagonal_moments", source, entryPoint });
const UPDATE = kernel("update");
const FINISH = kernel("finish");
const TO_GRADIENT = kernel("to_gradient");

/** A part of the matrix of all products, as uniforms. */
interface Tile {
  [name: string]: number;
  row: number;
  column: number;
  rows: number;
  columns: number;
}

/**
 * moments = (mean, mean of squares) of x_i . x_j over all i != j; both 0 for one row.
 *
 * Products are computed tile by tile, in the forward pass and again in the backward pass, so that memory
 * grows with B. Saves `x`. Source: Zhang et al., "Learning Spread-out Local Feature Descriptors", 2017.
 *
 * @param tape Runs and records the op.
 * @param x [B, C]; of rows of unit length for the moments of cosines.
 * @param edges The most rows and columns of one tile. Default: 1024 and 2048.
 * @returns moments, [2].
 */
export function offDiagonalMoments(
  tape: Tape,
  x: Tensor,
  edges: readonly [number, number] = [1024, 2048],
): Tensor {
  const { gpu } = tape;
  const B = x.rows;
  const shared = { total: B, pairs: Math.max(1, B * (B - 1)) };
  const moments = tape.empty([2], "moments");
  tape.temporary([B, 2], "sums", (state) => {
    eachTile(tape, { x, edges }, (products, tile) => {
      gpu.recorder.dispatch(UPDATE, {
        tensors: { products, state },
        params: { ...shared, ...tile },
        workgroups: foldWorkgroups(tile.rows),
      });
    });
    gpu.recorder.dispatch(FINISH, {
      tensors: { final_state: state, moments },
      params: { ...shared, row: 0, column: 0, rows: B, columns: B },
      workgroups: [1],
    });
  });
  tape.record(moments, [x], [x], (dMoments) => {
    const slot = tape.slot(x);
    if (slot === null) return;
    eachTile(tape, { x, edges }, (products, tile) => {
      gpu.recorder.dispatch(TO_GRADIENT, {
        tensors: { tile: products, d_moments: dMoments },
        params: { ...shared, ...tile },
        workgroups: foldWorkgroups(Math.ceil(tile.rows * tile.columns / 64)),
      });
      matmul(gpu, {
        a: { tensor: products },
        b: { tensor: x, offset: tile.column * x.columns },
        c: slot.gradient,
        offset: tile.row * x.columns,
        m: tile.rows,
        n: x.columns,
        k: tile.columns,
        accumulate: slot.accumulate || tile.column > 0,
      });
    });
  });
  return moments;
}

/** Computes the products of one tile after the other into the same memory. */
function eachTile(
  tape: Tape,
  { x, edges }: { x: Tensor; edges: readonly [number, number] },
  use: (products: Tensor, tile: Tile) => void,
): void {
  const [B, C] = [x.rows, x.columns];
  const size = [Math.min(B, edges[0]), Math.min(B, edges[1])];
  tape.temporary(size, "products", (products) => {
    for (let row = 0; row < B; row += size[0]) {
      for (let column = 0; column < B; column += size[1]) {
        const rows = Math.min(size[0], B - row);
        const columns = Math.min(size[1], B - column);
        matmul(tape.gpu, {
          a: { tensor: x, offset: row * C },
          b: { tensor: x, offset: column * C, transposed: true },
          c: products,
          m: rows,
          n: columns,
          k: C,
        });
        use(products, { row, column, rows, columns });
      }
    }
  });
}

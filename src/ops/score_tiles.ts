/**
 * Matrices of scores that are never whole: one tile after the other in the same memory.
 *
 * @module
 */
import type { Gpu } from "../gpu/device.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { GradientSlot } from "./tape.ts";
import { matmul } from "./matmul.ts";

/** Where a tile lies in its matrix. */
export interface ScoreTile {
  /** Its first row. */
  readonly row: number;
  /** Its first column. */
  readonly column: number;
  /** Its rows. */
  readonly rows: number;
  /** Its columns. */
  readonly columns: number;
}

/** What a matrix of scores is the product of: scores = rows candidates^T. */
export interface ScoreFactors {
  /** Its first `rowCount` rows take part, [>= rowCount, C]. */
  readonly rows: Tensor;
  /** Rows of the matrix. */
  readonly rowCount: number;
  /** Its first `candidateCount` rows take part, [>= candidateCount, C]. */
  readonly candidates: Tensor;
  /** Columns of the matrix. */
  readonly candidateCount: number;
}

/** The most rows and candidates of a tile, where nothing else is asked for. */
export const TILE: readonly [number, number] = [1024, 2048];

/**
 * The tiles of a matrix, row by row.
 *
 * @param matrix Its rows and columns.
 * @param edges The most rows and columns of a tile. Default: {@linkcode TILE}.
 * @returns Every tile once.
 */
export function scoreTiles(
  [rowCount, columnCount]: readonly [number, number],
  edges: readonly [number, number] = TILE,
): ScoreTile[] {
  const tiles: ScoreTile[] = [];
  for (let row = 0; row < rowCount; row += edges[0]) {
    for (let column = 0; column < columnCount; column += edges[1]) {
      const rows = Math.min(edges[0], rowCount - row);
      const columns = Math.min(edges[1], columnCount - column);
      tiles.push({ row, column, rows, columns });
    }
  }
  return tiles;
}

/**
 * Records the scores of a tile.
 *
 * @param gpu The device.
 * @param factors What the matrix is the product of.
 * @param target The tile, where its scores go, row-major and without gaps, and their factor.
 */
export function computeScores(
  gpu: Gpu,
  { rows: a, candidates: b }: ScoreFactors,
  { tile: { row, column, rows, columns }, scores, scale }: {
    tile: ScoreTile;
    scores: Tensor;
    scale: number;
  },
): void {
  const C = a.columns;
  matmul(gpu, {
    a: { tensor: a, offset: row * C },
    b: { tensor: b, offset: column * C, transposed: true },
    c: scores,
    m: rows,
    n: columns,
    k: C,
    scale,
  });
}

/**
 * Records what the gradients of a tile's dot products bring to both factors.
 *
 * @param gpu The device.
 * @param factors What the matrix is the product of.
 * @param given The tile, its gradients, and where those of the factors go: a slot that does not
 *   accumulate is written by the tiles of the first column or row, so that all of them must come.
 */
export function addScoreGradients(
  gpu: Gpu,
  { rows: a, candidates: b }: ScoreFactors,
  { tile: { row, column, rows, columns }, gradients, dRows, dCandidates }: {
    tile: ScoreTile;
    gradients: Tensor;
    dRows: GradientSlot | null;
    dCandidates: GradientSlot | null;
  },
): void {
  const C = a.columns;
  if (dRows !== null) {
    matmul(gpu, {
      a: { tensor: gradients },
      b: { tensor: b, offset: column * C },
      c: dRows.gradient,
      offset: row * C,
      m: rows,
      n: C,
      k: columns,
      accumulate: dRows.accumulate || column > 0,
    });
  }
  if (dCandidates !== null) {
    matmul(gpu, {
      a: { tensor: gradients, transposed: true },
      b: { tensor: a, offset: row * C },
      c: dCandidates.gradient,
      offset: column * C,
      m: columns,
      n: C,
      k: rows,
      accumulate: dCandidates.accumulate || row > 0,
    });
  }
}

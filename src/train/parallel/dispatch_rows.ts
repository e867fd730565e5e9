/**
 * The rows of batches, read by rank 0 for all ranks.
 *
 * @module
 */
import { Dataset } from "../../data/dataset.ts";
import type { RankGroup } from "./rank_group.ts";

/** Some rows of a dataset. */
export interface DatasetRows {
  /** The dataset. */
  readonly dataset: Dataset;
  /** Indices of its rows. */
  readonly rows: Uint32Array;
}

/**
 * Sends the texts of some batches from rank 0 to all ranks. It calls the communicator at once, so that
 * batches may be under way while a step goes on: all ranks must begin it at the same place between their
 * other calls.
 *
 * @param group The ranks.
 * @param batches The same rows on all ranks; only rank 0 must be able to read them.
 * @returns The batches, on every rank in memory.
 * @throws {Error} On all ranks, if rank 0 cannot read a row.
 */
export async function dispatchRows(
  group: RankGroup,
  batches: readonly DatasetRows[],
): Promise<DatasetRows[]> {
  const texts = await group.fromMain(() =>
    batches.map(({ dataset, rows }) =>
      dataset.columns.map((column) => {
        const values = dataset.text(column);
        return Array.from(rows, (row) => values.at(row)!);
      })
    )
  );
  return batches.map(({ dataset, rows }, i) => {
    const { name, columns, labels, labelColumn } = dataset;
    return {
      dataset: new Dataset({
        name,
        texts: new Map(columns.map((column, j) => [column, texts[i][j]])),
        labels: labels && Array.from(rows, (row) => labels[row]),
        labelColumn,
      }),
      rows: Uint32Array.from(rows.keys()),
    };
  });
}

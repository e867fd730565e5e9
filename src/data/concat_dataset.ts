/**
 * Several datasets as one line of rows.
 *
 * @module
 */
import type { Dataset } from "./dataset.ts";
import { DispatchedDataset } from "./dispatched_dataset.ts";

/** A row of one of several datasets. */
export interface DatasetRow {
  /** The dataset. */
  readonly dataset: Dataset;
  /** The row's index in it. */
  readonly row: number;
}

/** Datasets one after the other: row 0 of the second follows the last row of the first. */
export class ConcatDataset {
  /** The datasets, in order. */
  readonly datasets: readonly Dataset[];
  /** The first row of each dataset, then the number of all rows. */
  readonly starts: readonly number[];

  /**
   * Lines datasets up.
   *
   * @param datasets One or more, each with a name of its own.
   * @throws {RangeError} If there is none, or two have the same name.
   */
  constructor(datasets: readonly Dataset[]) {
    if (datasets.length === 0) throw new RangeError("Cannot line up datasets: there is none");
    const names = new Set<string>();
    for (const { name } of datasets) {
      if (names.has(name)) {
        throw new RangeError(
          `Cannot line up datasets: two are called "${name}"; name them, as in name=FILE`,
        );
      }
      names.add(name);
    }
    const starts = [0];
    for (const { length } of datasets) starts.push(starts[starts.length - 1] + length);
    this.datasets = datasets;
    this.starts = starts;
  }

  /** The number of all rows. */
  get length(): number {
    return this.starts[this.datasets.length];
  }

  /** Whether this process can read the rows. */
  get isHere(): boolean {
    return this.datasets.every((dataset) =>
      !(dataset instanceof DispatchedDataset) || dataset.facts.isHere
    );
  }

  /**
   * Finds a row.
   *
   * @param index Its place in the line.
   * @returns Its dataset and its index there.
   * @throws {RangeError} If there is no such row.
   */
  locate(index: number): DatasetRow {
    const at = this.starts.findLastIndex((start) => start <= index);
    if (at < 0 || at >= this.datasets.length) {
      throw new RangeError(`Cannot find row ${index}: there are ${this.length}`);
    }
    return { dataset: this.datasets[at], row: index - this.starts[at] };
  }
}

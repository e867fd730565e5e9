/**
 * A dataset whose rows one of several processes reads.
 *
 * @module
 */
import { Dataset, type DatasetParts } from "./dataset.ts";
import type { RowValues } from "./samplers/remaining_rows.ts";

/** What all processes know of the texts, wherever they are. */
export interface SharedFacts {
  /** A number for texts and labels. */
  readonly fingerprint: string;
  /** Which texts are equal, if the sampler asks; null otherwise. */
  readonly values: RowValues | null;
  /** Whether this process reads the rows. */
  readonly isHere: boolean;
}

/** Rows of texts that one process has, while the others know what samplers and checks ask for. */
export class DispatchedDataset extends Dataset {
  /** What all processes know of the texts. */
  readonly facts: SharedFacts;

  /**
   * A dataset of the given columns.
   *
   * @param parts Columns, labels and lengths; where the rows are elsewhere, columns without texts.
   * @param facts What all processes know.
   */
  constructor(parts: DatasetParts, facts: SharedFacts) {
    super(parts);
    this.facts = facts;
  }

  /** The same rows under another name. */
  override renamed(name: string): DispatchedDataset {
    return new DispatchedDataset({ ...this.parts, name }, this.facts);
  }
}

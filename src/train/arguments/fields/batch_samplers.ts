/**
 * The batch samplers by their upstream names.
 *
 * @module
 */

/**
 * The names of the batch samplers, which determine how the rows of one data set are grouped into
 * batches while training.
 *
 * - `BATCH_SAMPLER`: at random, as PyTorch's default batch sampler.
 * - `NO_DUPLICATES`: at random, with no text twice in a batch.
 * - `NO_DUPLICATES_HASHED`: the same guarantee by hashes of the texts, as later versions upstream have
 *   it.
 * - `GROUP_BY_LABEL`: at least two rows of each label in a batch.
 */
export const BatchSamplers = {
  /** At random. */
  BATCH_SAMPLER: "batch_sampler",
  /** At random, with no text twice in a batch. */
  NO_DUPLICATES: "no_duplicates",
  /** As `NO_DUPLICATES`, by hashes of the texts. */
  NO_DUPLICATES_HASHED: "no_duplicates_hashed",
  /** At least two rows of each label in a batch. */
  GROUP_BY_LABEL: "group_by_label",
} as const;

/** How the rows of one data set are grouped into batches. */
export type BatchSamplers =
  | "batch_sampler"
  | "no_duplicates"
  | "no_duplicates_hashed"
  | "group_by_label";

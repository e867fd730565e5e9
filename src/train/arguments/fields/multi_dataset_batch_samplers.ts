/**
 * The orders of batches of several data sets by their upstream names.
 *
 * @module
 */

/**
 * The names of the multi-dataset batch samplers, which determine in what order batches of several
 * data sets follow each other while training.
 *
 * - `ROUND_ROBIN`: in turn until one data set ends. Each is drawn from equally often, and not all
 *   rows of the larger ones are used.
 * - `PROPORTIONAL`: in proportion to size, which is the default. All rows of each data set are used,
 *   and larger ones are drawn from more often.
 */
export const MultiDatasetBatchSamplers = {
  /** In turn until one data set ends. */
  ROUND_ROBIN: "round_robin",
  /** In proportion to size. */
  PROPORTIONAL: "proportional",
} as const;

/** In which order batches of several data sets follow each other. */
export type MultiDatasetBatchSamplers = "round_robin" | "proportional";

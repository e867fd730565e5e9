/**
 * One run, as its files tell of it.
 *
 * @module
 */

import type { EmbeddingMap } from "./embedding_map.ts";

/** One record of a log; `null` where a number is not finite or not known. */
export type ReportRecord = Readonly<Record<string, number | null>>;

/** What a report shows of one run. */
export interface ReportRun {
  /** What it is called. */
  readonly name: string;
  /** What was known when it began, such as `device` and `parameters`; empty where nothing is known. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** The training arguments by upstream name; empty where they are not known. */
  readonly arguments: Readonly<Record<string, unknown>>;
  /** The log, steps rising. */
  readonly records: readonly ReportRecord[];
  /** Whether it goes on, came to its end, was left before that, or none of these is known. */
  readonly status: "running" | "finished" | "stopped" | "unknown";
  /** The map of the evaluation set's embeddings, where there is one. */
  readonly map?: EmbeddingMap;
}

/**
 * The reporter for machines: the log as JSON lines.
 *
 * @module
 */

import type { LogEntry, Reporter } from "./reporter.ts";

/**
 * Appends each record of the log as one line of JSON, keys in the order of the record. JSON has no
 * NaN and no infinity: they become `null`.
 */
export class JsonlLog implements Reporter {
  readonly #append: (line: string) => void;

  /**
   * Appends nothing yet.
   *
   * @param append receives one line at a time, its line break included
   */
  constructor(append: (line: string) => void) {
    this.#append = append;
  }

  log(entry: LogEntry): void {
    this.#append(JSON.stringify(entry) + "\n");
  }
}

/**
 * The reporter that leaves a page behind.
 *
 * @module
 */
import { join } from "@std/path";
import { writeReport } from "./report/write_report.ts";
import type { Reporter } from "./reporter.ts";

/** Name of the page in the output directory. */
export const REPORT_NAME = "report.html";

/**
 * Writes `report.html` when the run ends, well or not: one page with the curves of the run, its
 * evaluations and its arguments, which needs no network. It reads what the journal of the run has kept.
 */
export class HtmlReporter implements Reporter {
  readonly #directory: string;

  /**
   * Writes nothing yet.
   *
   * @param directory The output directory of the run.
   */
  constructor(directory: string) {
    this.#directory = directory;
  }

  finish(): void {
    writeReport([this.#directory], join(this.#directory, REPORT_NAME));
  }
}

/**
 * The command `report`.
 *
 * @module
 */
import { join } from "@std/path";
import { UsageError } from "../errors.ts";
import { REPORT_NAME } from "../reporters/html_reporter.ts";
import { writeReport } from "../reporters/report/write_report.ts";
import { readFlags } from "./read_flags.ts";

/**
 * Writes the page of one run, or of several.
 *
 * @param tokens The command line after `report`.
 * @throws {UsageError} For flags without sense, or no directory.
 * @throws {InputError} If a run cannot be read.
 * @throws {OutputError} If the page cannot be written.
 */
export function report(tokens: readonly string[]): void {
  const { flags, rest } = readFlags("report", tokens, { output: { takes: "text" } });
  if (rest.length === 0) {
    throw new UsageError(
      "Cannot report: there is no run; give its output directory, or several to compare",
    );
  }
  const file = flags.get("output")?.at(-1) ??
    (rest.length === 1 ? join(rest[0], REPORT_NAME) : REPORT_NAME);
  writeReport(rest, file);
  console.log(`Wrote ${file}`);
}

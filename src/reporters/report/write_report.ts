/**
 * Writes the page of runs.
 *
 * @module
 */
import { dirname } from "@std/path";
import { OutputError } from "../../errors.ts";
import { host } from "../../host/host.ts";
import { missingPermission } from "../../host/missing_permission.ts";
import { readRun } from "./read_run.ts";
import { reportData } from "./report_data.ts";
import { reportPage } from "./report_page.ts";

/**
 * Writes one self-contained page that shows a run, or several beside each other. It is built from the
 * files of the runs alone, so it can be written while they go on, and of runs of the original.
 *
 * @param directories the output directories of the runs
 * @param file the page; its directory is made where it is missing
 * @throws {InputError} If a run cannot be read.
 * @throws {OutputError} If the page cannot be written.
 */
export function writeReport(directories: readonly string[], file: string): void {
  const page = reportPage(reportData(directories.map(readRun)));
  try {
    host().files.mkdirSync(dirname(file));
    host().files.writeFileSync(file, page);
  } catch (cause) {
    throw new OutputError(
      `Cannot write ${file}: ${
        missingPermission(cause) ?? `${(cause as Error).message}; give another file`
      }`,
      { cause },
    );
  }
}

/**
 * Who serves the page of a run.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { LiveReport } from "../reporters/live_report.ts";

/**
 * Begins to serve the page of a run, and says where.
 *
 * @param directory The output directory of the run.
 * @param port The value of `--watch`; undefined where it is not given.
 * @returns Who serves it; null where nobody is to.
 * @throws {UsageError} If it is no port, or one that is not free.
 */
export function liveReportFor(directory: string, port: string | undefined): LiveReport | null {
  if (port === undefined) return null;
  const value = Number(port);
  if (!/^\d+$/.test(port) || value > 65_535) {
    throw new UsageError(
      `Cannot read --watch: found "${port}", wanted a port from 0 to 65535, 0 for any that is free`,
    );
  }
  const live = new LiveReport(directory, value);
  console.log(`Watch the run at ${live.url}`);
  return live;
}

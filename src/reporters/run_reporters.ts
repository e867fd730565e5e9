/**
 * Who is told of a run beside those whom the trainer is given.
 *
 * @module
 */
import { join } from "@std/path";
import { defaultLoggingDirectory } from "./default_logging_directory.ts";
import { heldUntilStart } from "./held_until_start.ts";
import { serviceNames, services } from "./names.ts";
import type { Reporter } from "./reporter.ts";
import { JOURNAL_NAME, RunJournal } from "./run_journal.ts";

/** What says where a run reports to: some of the training arguments. */
export interface ReportingArguments {
  /** Where the run writes. */
  readonly outputDir: string;
  /** Where services keep their files; null for a directory in `outputDir`, named after date and machine. */
  readonly loggingDir: string | null;
  /** What the run is called; null for `outputDir`. */
  readonly runName: string | null;
  /** The services. */
  readonly reportTo: string | readonly string[] | null;
}

/**
 * Makes the journal, which every run keeps, and the reporters of the services. They write nothing
 * before the run begins.
 *
 * @param args where the run reports to
 * @returns the reporters
 * @throws {UsageError} If a service is not there.
 */
export function runReporters(args: ReportingArguments): Reporter[] {
  const { outputDir: outputDirectory, reportTo } = args;
  const names = serviceNames(reportTo);
  const inputs = {
    outputDirectory,
    loggingDirectory: args.loggingDir ??
      (names.length > 0 ? defaultLoggingDirectory(outputDirectory) : outputDirectory),
    runName: args.runName ?? outputDirectory,
  };
  return [
    new RunJournal(join(outputDirectory, JOURNAL_NAME)),
    ...names.map((name) => services[name].create(inputs)),
  ].map(heldUntilStart);
}

/**
 * Who is told of a run on a rank.
 *
 * @module
 */
import type { Reporter } from "../../reporters/reporter.ts";
import { runReporters } from "../../reporters/run_reporters.ts";
import type { SentenceTransformerTrainingArguments } from "../arguments/sentence_transformer_training_arguments.ts";

/**
 * On rank 0 those that the run is given, its journal and services. The first rank of another machine has
 * those that it is given, with `log_on_each_node`. All others show messages alone, the rank in front:
 * those that `log_level_replica` lets through.
 *
 * @param args Where the run reports to, and which process this is.
 * @param given Those that the run is given.
 * @param write Shows a line of other ranks. Default: on standard error.
 * @returns The reporters.
 */
export function rankReporters(
  args: SentenceTransformerTrainingArguments,
  given: readonly Reporter[],
  write: (line: string) => void = console.error,
): Reporter[] {
  const { processIndex, shouldLog } = args;
  if (processIndex === 0) return [...given, ...runReporters(args)];
  if (shouldLog) return [...given];
  return [{ message: (line) => write(`rank ${processIndex}: ${line}`) }];
}

/**
 * Keeps reporters quiet until a run begins.
 *
 * @module
 */
import type { LogEntry, Reporter } from "./reporter.ts";

/**
 * Makes a reporter that passes records of the log on once the run has begun, and those of before right
 * after its begin: an evaluation without training leaves no files behind.
 *
 * @param reporter who is told
 * @returns the reporter to tell instead
 */
export function heldUntilStart(reporter: Reporter): Reporter {
  let held: LogEntry[] | null = [];
  return {
    start(facts) {
      reporter.start?.(facts);
      for (const entry of held?.splice(0) ?? []) reporter.log?.(entry);
      held = null;
    },
    progress: (progress) => reporter.progress?.(progress),
    log: (entry) => held === null ? reporter.log?.(entry) : void held.push(entry),
    gradients: (histograms, step) => reporter.gradients?.(histograms, step),
    message: (line) => reporter.message?.(line),
    finish() {
      if (held === null) reporter.finish?.();
    },
  };
}

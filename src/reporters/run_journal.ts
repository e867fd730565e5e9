/**
 * The log of a run on disk, which every run keeps.
 *
 * @module
 */
import { appendFile } from "./append_file.ts";
import type { LogEntry, Progress, Reporter, RunFacts } from "./reporter.ts";

/** Name of the file in the output directory. */
export const JOURNAL_NAME = "training_log.jsonl";

/** How a {@linkcode RunJournal} writes. */
export interface JournalOptions {
  /** Seconds since 1970; the clock where not given. */
  readonly now?: () => number;
}

/**
 * Appends one line of JSON for every moment of a run: `event` is `start` with what is known of the run,
 * `log` with a record of the log, or `end`; `time` is in seconds since 1970. Records of training steps
 * have speed and memory beside upstream's keys: `rows_per_second`, `tokens_per_second`, `host_bytes`,
 * `device_bytes`. JSON has no NaN and no infinity: they become `null`. A run that goes on from a
 * checkpoint adds to the file; every line is on disk when the call returns.
 */
export class RunJournal implements Reporter {
  readonly #path: string;
  readonly #now: () => number;
  #progress: Progress | null = null;

  /**
   * Writes nothing yet.
   *
   * @param path The file.
   * @param options The clock.
   */
  constructor(path: string, { now = () => Date.now() / 1000 }: JournalOptions = {}) {
    this.#path = path;
    this.#now = now;
  }

  start(facts: RunFacts): void {
    this.#write("start", {
      run_name: facts.runName,
      model: facts.model,
      device: facts.device,
      parameters: facts.parameters,
      examples: facts.examples,
      batch_size: facts.batchSize,
      epochs: facts.epochs,
      total_steps: facts.totalSteps,
      start_step: facts.startStep,
      arguments: facts.arguments,
    });
  }

  progress(progress: Progress): void {
    this.#progress = progress;
  }

  log(entry: LogEntry): void {
    const progress = "loss" in entry ? this.#progress : null;
    this.#write("log", {
      ...entry,
      rows_per_second: progress?.pairsPerSecond ?? undefined,
      tokens_per_second: progress?.tokensPerSecond ?? undefined,
      host_bytes: progress?.hostBytes,
      device_bytes: progress?.deviceBytes,
    });
  }

  finish(): void {
    this.#write("end", {});
  }

  #write(event: string, values: Readonly<Record<string, unknown>>): void {
    appendFile(this.#path, JSON.stringify({ event, time: this.#now(), ...values }) + "\n");
  }
}

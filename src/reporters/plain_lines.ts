/**
 * The reporter for files and pipes: one plain line a log record, nothing redrawn.
 *
 * @module
 */

import { formatFacts, formatNumber } from "./format.ts";
import type { LogEntry, Reporter, RunFacts } from "./reporter.ts";

/**
 * Writes `step 120/440 loss 0.0604 grad_norm 0.5578 ... epoch 0.28` for each record of the log,
 * evaluations included, and messages as they are. `total_flos`, which is not counted, is left out. No control characters but line breaks are
 * written: others become spaces.
 */
export class PlainLines implements Reporter {
  readonly #write: (text: string) => void;
  #totalSteps: number | null = null;

  /**
   * Writes nothing yet.
   *
   * @param write receives whole lines, line breaks included
   */
  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  start(facts: RunFacts): void {
    this.#totalSteps = facts.totalSteps;
    this.message(formatFacts(facts));
  }

  log(entry: LogEntry): void {
    const { step, total_flos: _, ...values } = entry;
    const words = Object.entries(values).map(([key, value]) => `${key} ${formatNumber(value)}`);
    if (step !== undefined) {
      words.unshift(`step ${step}${this.#totalSteps === null ? "" : `/${this.#totalSteps}`}`);
    }
    this.message(words.join(" "));
  }

  memory(line: string): void {
    this.message(line);
  }

  message(line: string): void {
    this.#write(line.replace(/[^\P{Cc}\n]/gu, " ") + "\n");
  }
}

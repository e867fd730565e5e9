/**
 * The reporter for terminals: one line with a bar that is redrawn in place, log records and
 * messages above it.
 *
 * @module
 */

import {
  formatCount,
  formatDuration,
  formatFacts,
  formatLogEntry,
  formatNumber,
} from "./format.ts";
import type { LogEntry, Progress, Reporter, RunFacts } from "./reporter.ts";

/** What a {@linkcode ProgressBar} draws with. */
export interface ProgressBarOptions {
  /** Receives the text to write, control sequences included. */
  readonly write: (text: string) => void;
  /** The width of the terminal in characters, asked before each drawing. */
  readonly columns: () => number;
  /** Milliseconds of a steady clock; `performance.now` where not given. */
  readonly now?: () => number;
  /** Milliseconds at least between two drawings of the bar; 100 where not given. */
  readonly interval?: number;
}

const START_OF_LINE = "\r";
const CLEAR_TO_END = "\x1b[K";
const LONGEST_BAR = 30;
const SHORTEST_BAR = 8;

/**
 * Draws `[=====>    ] 123/440 epoch 0.28 loss 0.0604 ...` in place. Where the terminal is too
 * narrow, what matters least goes first and the bar shrinks; only ASCII is drawn, so that the
 * width of the line is known everywhere.
 */
export class ProgressBar implements Reporter {
  readonly #write: (text: string) => void;
  readonly #columns: () => number;
  readonly #now: () => number;
  readonly #interval: number;
  #latest: Progress | null = null;
  #drawnAt = -Infinity;
  #drawn: Progress | null = null;

  /**
   * Draws nothing yet.
   *
   * @param options where, how wide and how often to draw
   */
  constructor({ write, columns, now, interval = 100 }: ProgressBarOptions) {
    this.#write = write;
    this.#columns = columns;
    this.#now = now ?? (() => performance.now());
    this.#interval = interval;
  }

  start(facts: RunFacts): void {
    this.message(formatFacts(facts));
  }

  progress(progress: Progress): void {
    this.#latest = progress;
    const due = this.#now() - this.#drawnAt >= this.#interval;
    if (due || progress.step >= progress.totalSteps) this.#draw(progress);
  }

  log(entry: LogEntry): void {
    this.message(formatLogEntry(entry));
  }

  memory(line: string): void {
    this.message(line);
  }

  message(line: string): void {
    this.#write(`${this.#latest === null ? "" : START_OF_LINE + CLEAR_TO_END}${line}\n`);
    if (this.#latest !== null) this.#draw(this.#latest);
  }

  finish(): void {
    if (this.#latest === null) return;
    if (this.#drawn !== this.#latest) this.#draw(this.#latest);
    this.#write("\n");
    this.#latest = null;
  }

  #draw(progress: Progress): void {
    this.#drawnAt = this.#now();
    this.#drawn = progress;
    // A full last column would make some terminals wrap.
    const line = progressLine(progress, this.#columns() - 1);
    this.#write(START_OF_LINE + line + CLEAR_TO_END);
  }
}

/**
 * One line of at most `width` characters on where a run stands.
 *
 * @param progress where it stands
 * @param width how many characters there are
 */
export function progressLine(progress: Progress, width: number): string {
  const { step, totalSteps } = progress;
  const parts = measures(progress);
  const count = `${step}/${totalSteps}`;
  const text = (): string => [count, ...parts.map((part) => part.text)].join(" ");
  const room = (): number => width - text().length - "[] ".length;
  while (room() < SHORTEST_BAR && parts.length > 0) {
    const least = parts.reduce((a, b) => a.rank > b.rank ? a : b);
    parts.splice(parts.indexOf(least), 1);
  }
  const length = Math.min(LONGEST_BAR, room());
  if (length < SHORTEST_BAR) return text().slice(0, Math.max(0, width));
  return `[${bar(totalSteps > 0 ? step / totalSteps : 1, length)}] ${text()}`;
}

/** The measures in reading order; those of higher rank are left out first. */
function measures(progress: Progress): { text: string; rank: number }[] {
  const { epoch, loss, gradientNorm, learningRate, pairsPerSecond, tokensPerSecond, secondsLeft } =
    progress;
  const parts = [
    { text: `epoch ${epoch.toFixed(2)}`, rank: 3 },
    { text: loss === null ? "" : `loss ${formatNumber(loss)}`, rank: 1 },
    { text: gradientNorm === null ? "" : `grad norm ${formatNumber(gradientNorm)}`, rank: 6 },
    { text: `lr ${formatNumber(learningRate)}`, rank: 5 },
    { text: pairsPerSecond === null ? "" : `${formatCount(pairsPerSecond)} pairs/s`, rank: 4 },
    { text: tokensPerSecond === null ? "" : `${formatCount(tokensPerSecond)} tokens/s`, rank: 7 },
    { text: secondsLeft === null ? "" : `${formatDuration(secondsLeft)} left`, rank: 2 },
  ];
  return parts.filter((part) => part.text !== "");
}

function bar(fraction: number, length: number): string {
  const done = Math.floor(Math.min(1, Math.max(0, fraction)) * length);
  const head = done < length ? ">" : "";
  return ("=".repeat(done) + head).padEnd(length);
}

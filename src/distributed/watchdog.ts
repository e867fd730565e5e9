/**
 * Sees to it that a process does not wait for ever for one that is lost, and says why it ends.
 *
 * @module
 */

/** Whose calls are watched, and what happens at their end. */
export interface WatchdogOptions {
  /** Number of this process. */
  rank: number;
  /** Number of processes. */
  size: number;
  /** Longest that a call may take. Unit: seconds. */
  seconds: number;
  /** Ends the job with this exit code. */
  abort(code: number): unknown;
  /** Writes a line. Default: to standard error, at once. */
  say?(line: string): void;
  /** Ends this process alone. Default: `Deno.exit`. */
  exit?(code: number): void;
}

/** Most that a timer takes, 24 days. Unit: milliseconds. */
const LONGEST = 2 ** 31 - 1;

/** Exit code of a process that was told to end, as shells have it: 128 + SIGTERM. */
const TERMINATED = 143;

/**
 * Ends the job when a call takes too long. Launchers end all ranks by SIGTERM when one of them is
 * lost, and by SIGKILL a second later; in between every rank says what it was waiting for. MPICH's
 * launcher sends SIGKILL at once: there only the launcher and the lost rank can say anything.
 */
export class Watchdog {
  readonly #options: Required<WatchdogOptions>;
  readonly #onTerminate = () => this.#terminate();
  #current: { what: string; since: number } | null = null;

  /**
   * Begins to listen for SIGTERM.
   *
   * @param options Whose calls, how long, and how to end.
   */
  constructor(options: WatchdogOptions) {
    this.#options = { say, exit: Deno.exit, ...options };
    if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", this.#onTerminate);
  }

  /**
   * Does some work. When it takes too long the job ends; work that fails fails as it would without.
   *
   * @param what The call as the messages name it.
   * @param work What may take too long.
   * @returns What the work returns.
   */
  async watch<T>(what: string, work: () => Promise<T>): Promise<T> {
    const { seconds } = this.#options;
    this.#current = { what, since: performance.now() };
    const timer = setTimeout(() => this.#giveUp(), Math.min(LONGEST, 1000 * seconds));
    try {
      return await work();
    } finally {
      clearTimeout(timer);
      this.#current = null;
    }
  }

  /** Stops listening. */
  close(): void {
    if (Deno.build.os !== "windows") Deno.removeSignalListener("SIGTERM", this.#onTerminate);
  }

  #giveUp(): void {
    const { rank, size, seconds, say, abort } = this.#options;
    say(
      `Cannot go on, rank ${rank} of ${size} ends the job: ${this.#current?.what} did not complete ` +
        `within ${seconds} s; another rank is lost, hangs, or does not make this call; where ranks ` +
        "are merely slow, raise the timeout",
    );
    abort(1);
  }

  #terminate(): void {
    const { rank, size, say, exit } = this.#options;
    const during = this.#current === null
      ? "between calls"
      : `${((performance.now() - this.#current.since) / 1000).toFixed(1)} s into ` +
        this.#current.what;
    say(
      `Cannot go on, rank ${rank} of ${size} was told to end (SIGTERM) ${during}: the job lost a ` +
        "rank, or was stopped; a lost rank says why in its own output, if it could",
    );
    exit(TERMINATED);
  }
}

function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}

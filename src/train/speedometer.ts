/**
 * How fast a run is, evaluations and checkpoints left out.
 *
 * @module
 */

/** What is known of the speed; null before the first readback. */
export interface Rates {
  /** Rows of training data a second. */
  readonly pairsPerSecond: number | null;
  /** Tokens a second. */
  readonly tokensPerSecond: number | null;
  /** Estimated seconds to the end of the run. */
  readonly secondsLeft: number | null;
}

/** Counts rows, tokens and seconds. */
export class Speedometer {
  /** Rows trained on. */
  rows = 0;
  /** Tokens trained on. */
  tokens = 0;
  #steps = 0;
  #read = { rows: 0, tokens: 0, steps: 0, seconds: 0 };
  #seconds = 0;
  #since = performance.now();
  #lastRead = performance.now();

  /** Begins to count seconds. */
  start(): void {
    this.#since = this.#lastRead = performance.now();
  }

  /**
   * Counts a step.
   *
   * @param rows Its rows.
   * @param tokens Its tokens.
   */
  add(rows: number, tokens: number): void {
    this.rows += rows;
    this.tokens += tokens;
    this.#steps++;
  }

  /** Seconds of training up to the last readback. */
  get seconds(): number {
    return this.#read.seconds;
  }

  /** Seconds since the last readback. */
  sinceRead(): number {
    return (performance.now() - this.#lastRead) / 1000;
  }

  /** Notes that all steps so far are done on the GPU. */
  read(): void {
    this.#lastRead = performance.now();
    const seconds = this.#seconds + (this.#lastRead - this.#since) / 1000;
    this.#read = { rows: this.rows, tokens: this.tokens, steps: this.#steps, seconds };
  }

  /**
   * Stops counting seconds.
   *
   * @returns Goes on counting.
   */
  pause(): () => void {
    this.#seconds += (performance.now() - this.#since) / 1000;
    return () => {
      this.#since = this.#lastRead = performance.now();
    };
  }

  /**
   * The speed of the run so far.
   *
   * @param stepsLeft Steps to its end.
   * @returns Rates.
   */
  rates(stepsLeft: number): Rates {
    const { rows, tokens, steps, seconds } = this.#read;
    if (steps === 0 || seconds <= 0) {
      return { pairsPerSecond: null, tokensPerSecond: null, secondsLeft: null };
    }
    return {
      pairsPerSecond: rows / seconds,
      tokensPerSecond: tokens / seconds,
      secondsLeft: stepsLeft * seconds / steps,
    };
  }
}

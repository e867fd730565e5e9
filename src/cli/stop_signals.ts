/**
 * SIGINT (Ctrl-C) and SIGTERM while a run trains: the first one lets it save a checkpoint, a second one
 * ends it at once.
 *
 * @module
 */

/** Exit codes by signal: 128 and its number, as shells count. */
const CODES = { SIGINT: 130, SIGTERM: 143 } as const;

type StopSignal = keyof typeof CODES;

/** Signals that come together are one: who wraps a command often passes on what it has received, too. */
const SAME_MS = 1000;

/** The end of a command that a signal has stopped. */
export class StoppedRun extends Error {
  /** The class, for messages. */
  override readonly name = "StoppedRun";
  /** The exit code. */
  readonly code: 130 | 143;

  /**
   * Describes it.
   *
   * @param message What became of the run.
   * @param code The exit code.
   */
  constructor(message: string, code: 130 | 143) {
    super(message);
    this.code = code;
  }
}

/** Listens to the signals until it is disposed of. */
export class StopSignals implements Disposable {
  readonly #controller = new AbortController();
  readonly #listeners: readonly [StopSignal, () => void][];
  #first: StopSignal | null = null;
  #since = 0;

  /**
   * Begins to listen.
   *
   * @param onSecond Called before the process ends at the second signal, to clean up what is quick.
   */
  constructor(onSecond: () => void = () => {}) {
    const names = Object.keys(CODES) as StopSignal[];
    this.#listeners = names
      // Windows has no SIGTERM.
      .filter((name) => name === "SIGINT" || Deno.build.os !== "windows")
      .map((name) => [name, () => this.#receive(name, onSecond)]);
    for (const [name, listener] of this.#listeners) Deno.addSignalListener(name, listener);
  }

  /** Is aborted by the first signal; its reason is the signal's name. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * Ends the command where a signal has come.
   *
   * @param message What became of the run.
   * @throws {StoppedRun} If one has come.
   */
  check(message: (signal: string) => string): void {
    if (this.#first !== null) throw new StoppedRun(message(this.#first), CODES[this.#first]);
  }

  /** Stops listening. */
  [Symbol.dispose](): void {
    for (const [name, listener] of this.#listeners) Deno.removeSignalListener(name, listener);
  }

  #receive(name: StopSignal, onSecond: () => void): void {
    if (this.#first === null) {
      this.#first = name;
      this.#since = performance.now();
      console.error(`${name}: saving a checkpoint, then stopping; once more stops without it`);
      this.#controller.abort(name);
    } else if (performance.now() - this.#since > SAME_MS) {
      onSecond();
      console.error(`${name}: stopped without saving; the checkpoints written before are whole`);
      Deno.exit(CODES[name]);
    }
  }
}

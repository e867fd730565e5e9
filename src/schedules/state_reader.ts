/**
 * What a schedule keeps in a checkpoint, checked as it is read back.
 *
 * @module
 */
import { InputError } from "../errors.ts";

const NOT_FINITE: readonly string[] = ["Infinity", "-Infinity", "NaN"];

/**
 * A number as JSON can hold it.
 *
 * @param value any number
 * @returns itself where it is finite, else its name: `"Infinity"`, `"-Infinity"` or `"NaN"`
 */
export function jsonNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/** Reads the state of a schedule, entry by entry. */
export class StateReader {
  readonly #schedule: string;
  readonly #state: Readonly<Record<string, unknown>>;

  /**
   * Checks which entries there are.
   *
   * @param schedule whose state it is, in an error's words, such as `schedule "greedy"`
   * @param state the kept state
   * @param keys the entries that it must have, and no others
   * @throws {InputError} where it is no object or has other entries
   */
  constructor(
    schedule: string,
    state: Readonly<Record<string, unknown>>,
    keys: readonly string[],
  ) {
    this.#schedule = schedule;
    this.#state = state;
    const isObject = typeof state === "object" && state !== null && !Array.isArray(state);
    if (!isObject) throw this.#refusal(`found ${JSON.stringify(state)}, wanted an object`);
    const found = Object.keys(state);
    if (found.length !== keys.length || !keys.every((key) => Object.hasOwn(state, key))) {
      throw this.#refusal(`found ${listed(found)}, wanted ${listed(keys)}`);
    }
  }

  /**
   * Reads a count.
   *
   * @param key name of the entry
   * @returns an integer from 0
   * @throws {InputError} where it is something else
   */
  count(key: string): number {
    const value = this.#state[key];
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
    throw this.#wrong(key, "an integer from 0");
  }

  /**
   * Reads a learning rate.
   *
   * @param key name of the entry
   * @returns a finite number from 0
   * @throws {InputError} where it is something else
   */
  learningRate(key: string): number {
    const value = this.#state[key];
    if (typeof value === "number" && Number.isFinite(value) && value >= 0) return value;
    throw this.#wrong(key, "a finite number from 0");
  }

  /**
   * Reads a number that {@linkcode jsonNumber} wrote.
   *
   * @param key name of the entry
   * @returns the number, which may be infinite or NaN
   * @throws {InputError} where it is something else
   */
  number(key: string): number {
    const value = parsed(this.#state[key]);
    if (value === null) throw this.#wrong(key, 'a number, "Infinity", "-Infinity" or "NaN"');
    return value;
  }

  /**
   * Reads a list of numbers that {@linkcode jsonNumber} wrote.
   *
   * @param key name of the entry
   * @param maxLength the most numbers that it may have
   * @returns the numbers
   * @throws {InputError} where it is something else
   */
  numbers(key: string, maxLength: number): number[] {
    const value = this.#state[key];
    const numbers = Array.isArray(value) ? value.map(parsed) : [null];
    if (numbers.length > maxLength || numbers.includes(null)) {
      throw this.#wrong(key, `a list of at most ${maxLength} numbers`);
    }
    return numbers as number[];
  }

  #wrong(key: string, wanted: string): InputError {
    return this.#refusal(`${key} is ${JSON.stringify(this.#state[key])}, wanted ${wanted}`);
  }

  #refusal(reason: string): InputError {
    return new InputError(
      `Cannot restore ${this.#schedule} from its kept state: ${reason}; resume with the ` +
        "schedule that the checkpoint was written with",
    );
  }
}

function parsed(value: unknown): number | null {
  if (typeof value === "string" && NOT_FINITE.includes(value)) return Number(value);
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

function listed(keys: readonly string[]): string {
  return keys.length === 0 ? "no entries" : keys.map((key) => `"${key}"`).join(", ");
}

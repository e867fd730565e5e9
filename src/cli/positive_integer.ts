/**
 * Numbers that flags are given.
 *
 * @module
 */
import { UsageError } from "../errors.ts";

/**
 * Reads a whole number.
 *
 * @param flag The flag without `--`, for the message.
 * @param text Its value; undefined where it is not given.
 * @returns The number, or undefined where it is not given.
 * @throws {UsageError} If it is no whole number of at least 1.
 */
export function positiveInteger(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < 1) {
    throw new UsageError(`Cannot read --${flag}: found "${text}", wanted a positive whole number`);
  }
  return value;
}

/**
 * Saying more about an error without hiding what kind it is.
 *
 * @module
 */
import { DeviceError, InputError, OutputError, UsageError } from "../errors.ts";

/**
 * Makes an error with another text.
 *
 * @param cause The error.
 * @param message The text.
 * @returns An error of the same class where that is one of the four that may be caught, else an `Error`;
 *   the first one is its cause.
 */
export function errorLike(cause: unknown, message: string): Error {
  const Kind = [UsageError, InputError, OutputError, DeviceError]
    .find((kind) => cause instanceof kind) ?? Error;
  return new Kind(message, { cause });
}

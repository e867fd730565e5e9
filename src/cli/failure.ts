/**
 * How a command ends that cannot go on.
 *
 * @module
 */
import { DeviceError, InputError, OutputError, UsageError } from "../errors.ts";

/** The end of a command. */
export interface Failure {
  /** One line for standard error, without a line break; the stack trace follows where it was asked for. */
  readonly message: string;
  /** Exit code: 2 for a wrong command line or configuration, 1 for all else. */
  readonly code: 1 | 2;
}

/**
 * Describes an error to whoever typed the command.
 *
 * @param error What was thrown.
 * @param debug Whether the stack trace is wanted.
 * @returns Message and exit code.
 */
export function failureOf(error: unknown, debug: boolean): Failure {
  const message = oneLine(error instanceof Error ? error.message : String(error));
  const expected = [UsageError, InputError, OutputError, DeviceError]
    .some((kind) => error instanceof kind);
  const line = expected
    ? message
    : `Cannot go on, unexpected ${error instanceof Error ? error.name : "error"}: ${message}; ` +
      "set SENTRAIN_DEBUG=1 to see where it arose";
  return {
    message: debug && error instanceof Error ? `${line}\n${error.stack}` : line,
    code: error instanceof UsageError ? 2 : 1,
  };
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, " ").trim();
}

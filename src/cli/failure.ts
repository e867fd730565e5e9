/**
 * How a command ends that cannot go on.
 *
 * @module
 */
import { StoppedRun } from "./stop_signals.ts";
import { DeviceError, InputError, OutputError, UsageError } from "../errors.ts";
import { missingPermission } from "../host/missing_permission.ts";

/** The end of a command. */
export interface Failure {
  /** One line for standard error, without a line break; the stack trace follows where it was asked for. */
  readonly message: string;
  /**
   * Exit code: 2 for a wrong command line or configuration, 128 and the number of the signal for a run
   * that was asked to stop by one, 1 for all else.
   */
  readonly code: 1 | 2 | 130 | 143;
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
  if (error instanceof StoppedRun) return { message, code: error.code };
  const expected = [UsageError, InputError, OutputError, DeviceError]
    .some((kind) => error instanceof kind);
  const missing = expected ? null : missingPermission(error);
  const line = expected
    ? message
    : missing !== null
    ? `Cannot go on: ${missing}`
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

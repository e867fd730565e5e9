/**
 * Memory that does not suffice for an evaluation.
 *
 * @module
 */
import { DeviceError, OutOfMemoryError } from "../errors.ts";

/**
 * Runs an evaluation. Smaller training batches would not help where its memory does not suffice, so that
 * it fails as any other device does, with advice.
 *
 * @param work The evaluation.
 * @returns What it returned.
 * @throws {DeviceError} In the place of an {@linkcode OutOfMemoryError}.
 */
export async function withAdvice<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof OutOfMemoryError)) throw cause;
    throw new DeviceError(
      `Cannot evaluate: ${cause.message}; lower per_device_eval_batch_size`,
      { cause },
    );
  }
}

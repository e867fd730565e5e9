/**
 * How gradients travel between processes.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import type { RunInputs } from "./run_inputs.ts";

/**
 * Reads `--gradient-compression`.
 *
 * @param inputs What the command line and its configuration file say.
 * @returns The compression; undefined for none.
 * @throws {UsageError} If there is no such compression.
 */
export function gradientCompressionOf({ own }: Pick<RunInputs, "own">): "fp16" | undefined {
  const text = own.get("gradient-compression")?.at(-1);
  if (text === undefined || text === "fp16") return text;
  throw new UsageError(`Cannot read --gradient-compression: found "${text}", wanted fp16`);
}

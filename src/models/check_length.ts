/**
 * How many tokens of a text a model may be asked to take.
 *
 * @module
 */
import type { Tokenizer } from "../data/tokenizer.ts";
import { UsageError } from "../errors.ts";

/**
 * Checks the number of tokens after which a text is cut.
 *
 * @param tokenizer The model's tokenizer.
 * @param length The number.
 * @param options The most that the model takes, and its name for the message.
 * @throws {UsageError} If the model does not take as many, or the special tokens need more.
 */
export function checkLength(
  tokenizer: Tokenizer,
  length: number,
  { maxPositions, source }: { maxPositions: number; source: string },
): void {
  const least = tokenizer.encode("", maxPositions).length;
  if (!Number.isInteger(length) || length < least || length > maxPositions) {
    throw new UsageError(
      `Cannot load ${source}: the maximum sequence length is ${length}, wanted a whole number from ${least}, the special tokens, to ${maxPositions}, the model's positions`,
    );
  }
}

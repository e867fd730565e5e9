/**
 * What a tokenizer puts into texts before it cuts them.
 *
 * @module
 */
import { InputError } from "../errors.ts";

/** A mark of a word's start is one character; others are few. */
const MOST_CHARACTERS = 256;

/** Keys of what is put in place of, or before, each find or word. */
const KEYS: readonly string[] = ["content", "prepend", "replacement", "str_rep"];

/**
 * Checks that normalizer and pre-tokenizer of a `tokenizer.json` put no long texts in: each word of a text
 * would become as long, which takes minutes to cut.
 *
 * @param json The contents of the file.
 * @throws {InputError} If such a text is too long.
 */
export function checkInsertedTexts(json: object): void {
  const { normalizer, pre_tokenizer } = json as Record<string, unknown>;
  for (const part of [normalizer, pre_tokenizer]) check(part);
}

function check(part: unknown): void {
  if (typeof part !== "object" || part === null) return;
  for (const [key, value] of Object.entries(part)) {
    check(value);
    if (typeof value !== "string" || value.length <= MOST_CHARACTERS || !KEYS.includes(key)) {
      continue;
    }
    throw new InputError(
      `Cannot use tokenizer.json: ${key} puts ${value.length} characters into texts, ` +
        `wanted at most ${MOST_CHARACTERS}`,
    );
  }
}

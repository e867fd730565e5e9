/**
 * The ids of a tokenizer's tokens, before a table of them is made.
 *
 * @module
 */
import { InputError } from "../errors.ts";

/** Ids may have gaps: so many ids to a token, and so many more. */
const [IDS_PER_TOKEN, UNUSED_IDS] = [8, 1 << 16];

/** What is read of `tokenizer.json`, not yet checked. */
interface Contents {
  readonly model?: { readonly vocab?: unknown } | null;
  readonly added_tokens?: unknown;
}

/**
 * Checks that the ids of a `tokenizer.json` are such, and no larger than its number of tokens lets
 * expect: tables by id are as long as the largest, however few tokens there are.
 *
 * @param json The contents of the file.
 * @throws {InputError} If an id is none or too large.
 */
export function checkTokenIds(json: object): void {
  const { model, added_tokens: added } = json as Contents;
  const ids = model?.vocab;
  // A list is one of pieces and scores, whose places are the ids.
  const places = Array.isArray(ids) ? ids.length : 0;
  const vocabulary = typeof ids === "object" && ids !== null && places === 0
    ? Object.entries(ids)
    : [];
  const others = (Array.isArray(added) ? added : [])
    .map((token): [unknown, unknown] => [token?.content, token?.id]);
  const tokens = places + vocabulary.length + others.length;
  const end = IDS_PER_TOKEN * tokens + UNUSED_IDS;
  for (const [token, id] of [...vocabulary, ...others]) {
    if (Number.isInteger(id) && id as number >= 0 && id as number < end) continue;
    throw new InputError(
      `Cannot use tokenizer.json: token ${JSON.stringify(token)} has id ${JSON.stringify(id)}, ` +
        `wanted a whole number below ${end} among ${tokens} tokens`,
    );
  }
}

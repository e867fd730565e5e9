import { assertThrows } from "@std/assert";
import { checkTokenIds } from "../../src/data/check_token_ids.ts";
import { InputError } from "../../src/errors.ts";

const ADDED = [{ id: 2, content: "[CLS]" }];

Deno.test("check token ids: gaps are no fault, nor are lists of pieces or what is not there", () => {
  checkTokenIds({ model: { vocab: { a: 0, b: 65_000 } }, added_tokens: ADDED });
  checkTokenIds({ model: { vocab: [["a", -1.5], ["b", -2]] }, added_tokens: ADDED });
  for (const json of [{}, { model: null }, { model: { vocab: 3 }, added_tokens: {} }]) {
    checkTokenIds(json);
  }
});

Deno.test("check token ids: an id that is none, or makes a table beyond the file, is refused", () => {
  for (const id of [2 ** 31, -1, 0.5, null, "1", [[0]]]) {
    for (
      const json of [
        { model: { vocab: { a: 0, b: id } }, added_tokens: ADDED },
        { model: { vocab: { a: 0, c: 1 } }, added_tokens: [{ id, content: "b" }] },
      ]
    ) {
      assertThrows(
        () => checkTokenIds(json),
        InputError,
        `token "b" has id ${JSON.stringify(id)}, wanted a whole number below 65560 among 3 tokens`,
      );
    }
  }
});

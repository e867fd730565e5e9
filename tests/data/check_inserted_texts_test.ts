import { assertThrows } from "@std/assert";
import { checkInsertedTexts } from "../../src/data/check_inserted_texts.ts";
import { InputError } from "../../src/errors.ts";

const LONG = "a".repeat(257);

Deno.test("checkInsertedTexts() takes short texts, and long ones that are put nowhere", () => {
  checkInsertedTexts({});
  const normalizer = { type: "Precompiled", precompiled_charsmap: LONG };
  const pre_tokenizer = { type: "Metaspace", replacement: "a".repeat(256) };
  checkInsertedTexts({ normalizer, pre_tokenizer, added_tokens: [{ content: LONG }] });
});

Deno.test("checkInsertedTexts() refuses long ones, also in sequences", () => {
  for (const key of ["content", "prepend", "replacement", "str_rep"]) {
    for (const part of ["normalizer", "pre_tokenizer"]) {
      assertThrows(
        () => checkInsertedTexts({ [part]: { type: "Sequence", parts: [{ [key]: LONG }] } }),
        InputError,
        `${key} puts 257 characters into texts, wanted at most 256`,
      );
    }
  }
});

import { assertThrows } from "@std/assert";
import { Tokenizer } from "../../src/data/tokenizer.ts";
import { UsageError } from "../../src/errors.ts";
import { checkLength } from "../../src/models/check_length.ts";
import { withoutSpecialTokens } from "../../src/models/tokenizer_files.ts";

Deno.test("checkLength() takes lengths from the special tokens to the model's positions", () => {
  const tokenizer = Tokenizer.fromVocabulary(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]);
  const model = { maxPositions: 8, source: "dir" };
  for (const length of [2, 8]) checkLength(tokenizer, length, model);
  checkLength(withoutSpecialTokens(tokenizer), 1, model);
  for (const length of [1, 9, 2.5, NaN]) {
    assertThrows(
      () => checkLength(tokenizer, length, model),
      UsageError,
      `Cannot load dir: the maximum sequence length is ${length}, wanted a whole number from 2, ` +
        "the special tokens, to 8, the model's positions",
    );
  }
});

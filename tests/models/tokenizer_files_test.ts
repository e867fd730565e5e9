import { assertEquals } from "@std/assert";
import { Tokenizer } from "../../src/data/tokenizer.ts";
import { filesOf, tokenizerOf, withoutSpecialTokens } from "../../src/models/tokenizer_files.ts";

const VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b"];

Deno.test("tokenizerOf() makes the tokenizer that filesOf() described, from either file", () => {
  const tokenizer = Tokenizer.fromVocabulary(VOCABULARY);
  const files = filesOf(tokenizer, 16);
  assertEquals(files.vocabulary, VOCABULARY);
  assertEquals((files.config as { model_max_length: number }).model_max_length, 16);
  assertEquals(files.specialTokensMap.cls_token, "[CLS]");
  const lines = [...VOCABULARY];
  for (
    const read of [{ ...files, vocabulary: null }, { ...files, json: null, vocabulary: lines }]
  ) {
    assertEquals([...tokenizerOf(read).encode("A b", 16)], [2, 5, 6, 3]);
  }
  const config = { do_lower_case: false };
  const cased = tokenizerOf({ ...files, json: null, vocabulary: lines, config });
  assertEquals([...cased.encode("A b", 16)], [2, 1, 6, 3]);
});

Deno.test("filesOf() takes a tokenizer whose class is no text", () => {
  const json = Tokenizer.fromVocabulary(VOCABULARY).toJson();
  for (const tokenizer_class of [3, null, ["BertTokenizer", 1], { a: 1 }]) {
    const files = filesOf(Tokenizer.fromJson(json, { tokenizer_class }), 16);
    assertEquals(files.config, { tokenizer_class, model_max_length: 16 });
  }
});

Deno.test("withoutSpecialTokens() leaves the tokens of a text alone", () => {
  const tokenizer = Tokenizer.fromVocabulary(VOCABULARY);
  const bare = withoutSpecialTokens(tokenizer);
  assertEquals([...bare.encode("a b a", 2 ** 31 - 1)], [5, 6, 5]);
  assertEquals([...bare.encode("", 8)], []);
  assertEquals([...bare.encode("a b a", 2)], [5, 6]);
  assertEquals([...tokenizer.encode("a", 8)], [2, 5, 3]);
});

import { assertEquals, assertThrows } from "@std/assert";
import { wordPieceJson } from "../../src/data/word_piece_json.ts";
import { InputError } from "../../src/errors.ts";

const tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "##b"];

interface TokenizerJson {
  added_tokens: { id: number; content: string }[];
  normalizer: { lowercase: boolean };
  post_processor: { special_tokens: Record<string, { ids: number[] }>; single: unknown[] };
  model: { vocab: Record<string, number> };
}

Deno.test("word piece json: vocabulary, special tokens by name, template", () => {
  const json = wordPieceJson(tokens.toReversed(), false) as TokenizerJson;
  assertEquals(json.model.vocab["##b"], 0);
  assertEquals(Object.keys(json.model.vocab).length, 7);
  assertEquals(json.added_tokens.map(({ id, content }) => [id, content]), [
    [2, "[MASK]"],
    [3, "[SEP]"],
    [4, "[CLS]"],
    [5, "[UNK]"],
    [6, "[PAD]"],
  ]);
  assertEquals(json.post_processor.special_tokens["[CLS]"].ids, [4]);
  assertEquals(json.post_processor.special_tokens["[SEP]"].ids, [3]);
  assertEquals(json.normalizer.lowercase, false);
});

Deno.test("word piece json: a missing special token and a repeated token are refused", () => {
  for (const special of ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]) {
    assertThrows(
      () => wordPieceJson(tokens.filter((token) => token !== special), true),
      InputError,
      `special token "${special}" is missing among 6 tokens`,
    );
  }
  assertThrows(() => wordPieceJson([...tokens, "a"], true), InputError, 'token "a" occurs twice');
});

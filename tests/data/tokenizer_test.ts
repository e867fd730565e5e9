import { assert, assertEquals, assertThrows } from "@std/assert";
import { bertVocabulary } from "../../src/data/bert_vocabulary.ts";
import { Random } from "../../src/data/random.ts";
import { Tokenizer } from "../../src/data/tokenizer.ts";
import { InputError } from "../../src/errors.ts";

const [CLS, SEP, UNK] = [101, 102, 100];
const vocabulary = await bertVocabulary();
const tokenizer = Tokenizer.fromVocabulary(vocabulary);

function tokensOf(text: string, maxLength = 512): string[] {
  return [...tokenizer.encode(text, maxLength)].map((id) => vocabulary[id]);
}

Deno.test("tokenizer: ids of bert-base-uncased", () => {
  assertEquals([...tokenizer.encode("Hello, world!", 16)], [CLS, 7592, 1010, 2088, 999, SEP]);
  assertEquals(
    tokensOf("Unaffable CAFÉ 中文\u0000x"),
    [
      "[CLS]",
      "una",
      "##ffa",
      "##ble",
      "cafe",
      "中",
      "文",
      "x",
      "[SEP]",
    ],
  );
});

Deno.test("tokenizer: the empty text gives the special tokens alone", () => {
  for (const text of ["", "   ", "\n\t", "\u0000"]) {
    assertEquals([...tokenizer.encode(text, 8)], [CLS, SEP]);
  }
});

Deno.test("tokenizer: truncation keeps the last special token", () => {
  const whole = [...tokenizer.encode("one two three four five", 16)];
  assertEquals(whole.length, 7);
  for (let maxLength = 2; maxLength <= 9; maxLength++) {
    const expected = maxLength >= 7 ? whole : [...whole.slice(0, maxLength - 1), SEP];
    assertEquals([...tokenizer.encode("one two three four five", maxLength)], expected);
  }
});

Deno.test("tokenizer: a maximum length without room for the special tokens is refused", () => {
  for (const maxLength of [1, 0, -1, 2.5, NaN]) {
    assertThrows(
      () => tokenizer.encode("a", maxLength),
      RangeError,
      `the maximum length is ${maxLength}, wanted an integer from 2 on`,
    );
  }
});

Deno.test("tokenizer: the same ids come from the cache, other lengths do not", () => {
  const ids = tokenizer.encode("kept for later", 8);
  assert(tokenizer.encode("kept for later", 8) === ids);
  assertEquals(tokenizer.encode("kept for later", 4).length, 4);
});

Deno.test("tokenizer: a beginning of a long text gives the ids of the whole text", () => {
  const random = new Random("long texts");
  const pieces = ["the", " ", "  ", "\n", "unaffable", ".", "中", "\t", "é", "1234567", "😀"];
  let truncated = 0;
  for (let round = 0; round < 60; round++) {
    const parts = pieces.slice(0, 1 + random.integer(pieces.length));
    const length = random.integer(1500);
    const text = Array.from({ length }, () => parts[random.integer(parts.length)]).join("");
    const whole = [...tokenizer.encode(text, 20_000)];
    for (const maxLength of [3, 10, 64]) {
      if (whole.length > maxLength) truncated++;
      const expected = whole.length > maxLength ? [...whole.slice(0, maxLength - 1), SEP] : whole;
      assertEquals([...tokenizer.encode(text, maxLength)], expected);
    }
  }
  assert(truncated > 60, `only ${truncated} were truncated`);
});

Deno.test("tokenizer: a word that the beginning of a text would cut is not cut", () => {
  for (let blanks = 30; blanks < 60; blanks++) {
    const ids = tokenizer.encode(`a${" ".repeat(blanks)}unaffable ${"b ".repeat(50)}`, 4);
    assertEquals([...ids].map((id) => vocabulary[id]), ["[CLS]", "a", "una", "[SEP]"]);
  }
});

Deno.test("tokenizer: texts of 100,000 characters are quick", () => {
  const texts = {
    words: "hello world ".repeat(8334),
    word: "a".repeat(100_000),
    blanks: `${" ".repeat(99_999)}x`,
    ideographs: "中".repeat(100_000),
    punctuation: ".".repeat(100_000),
    emoji: "😀".repeat(50_000),
    "a long word behind a short one": `ab ${"a".repeat(99_997)}`,
  };
  const lengths = Object.entries(texts).map(([name, text]) => {
    const start = performance.now();
    const { length } = tokenizer.encode(text, 256);
    const elapsed = performance.now() - start;
    assert(elapsed < 2000, `${name} took ${elapsed} ms`);
    return length;
  });
  assertEquals(lengths, [256, 3, 3, 256, 256, 3, 4]);
  assertEquals(tokenizer.encode(texts.word, 256)[1], UNK);
});

Deno.test("tokenizer: sizes, special tokens and what is written to a model directory", () => {
  assertEquals(tokenizer.vocabularySize, 30522);
  assertEquals(tokenizer.padId, 0);
  assertEquals(tokenizer.vocabulary(), vocabulary);
  assertEquals(tokenizer.specialTokensMap(), {
    unk_token: "[UNK]",
    sep_token: "[SEP]",
    pad_token: "[PAD]",
    cls_token: "[CLS]",
    mask_token: "[MASK]",
  });
  const json = JSON.parse(JSON.stringify(tokenizer.toJson()));
  const config = JSON.parse(JSON.stringify(tokenizer.toConfig()));
  assertEquals(config.tokenizer_class, "BertTokenizer");
  assertEquals(config.do_lower_case, true);
  const again = Tokenizer.fromJson(json, config);
  const text = "Naïve tokenizers [MASK] aren't re-read";
  assertEquals(again.encode(text, 64), tokenizer.encode(text, 64));
  assertEquals(again.specialTokensMap(), tokenizer.specialTokensMap());
  assertEquals(again.toJson(), json);
  assertEquals(again.toConfig(), config);
});

Deno.test("tokenizer: upper case is kept for a vocabulary that has it", () => {
  const tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "Cat", "cat", "##s"];
  const cased = Tokenizer.fromVocabulary(tokens, { lowercase: false });
  assertEquals([...cased.encode("Cats cat CAT", 16)], [2, 5, 7, 6, 1, 3]);
  const uncased = Tokenizer.fromVocabulary(tokens);
  assertEquals([...uncased.encode("Cats cat CAT", 16)], [2, 6, 7, 6, 6, 3]);
});

Deno.test("tokenizer: special tokens as objects, other ids, tokens added behind the vocabulary", () => {
  const json = {
    ...tokenizer.toJson() as Record<string, unknown>,
    added_tokens: [{ id: 7, content: "<end>", special: true }],
    post_processor: {
      type: "TemplateProcessing",
      single: [{ Sequence: { id: "A", type_id: 0 } }, { SpecialToken: { id: "<end>" } }],
      pair: [],
    },
    model: {
      type: "WordPiece",
      unk_token: "<unk>",
      continuing_subword_prefix: "##",
      vocab: { "<unk>": 0, a: 1, b: 2, "<pad>": 3 },
    },
  };
  const other = Tokenizer.fromJson(json, { pad_token: { content: "<end>" } });
  assertEquals([...other.encode("a b a b", 4)], [1, 2, 1, 7]);
  assertEquals([...other.encode("", 4)], [7]);
  assertEquals(other.vocabularySize, 8);
  assertEquals(other.padId, 7);
  assertEquals(other.vocabulary(), ["<unk>", "a", "b", "<pad>", "", "", "", "<end>"]);
  assertEquals(other.specialTokensMap(), { pad_token: "<end>" });
  assertEquals(Tokenizer.fromJson(json).padId, 3);
});

Deno.test("tokenizer: without an unknown token, what is not in the vocabulary is left out", () => {
  const model = { type: "BPE", vocab: { a: 0, b: 1 }, merges: [] };
  const json = { ...tokenizer.toJson(), added_tokens: [], post_processor: null, model };
  assertEquals([...Tokenizer.fromJson(json).encode("a z b", 8)], [0, 1]);
});

Deno.test("tokenizer: what is no tokenizer is refused", () => {
  assertThrows(() => Tokenizer.fromJson({}), InputError, "Cannot use tokenizer.json: ");
  const json = { ...tokenizer.toJson(), normalizer: { type: "Unheard" } };
  assertThrows(() => Tokenizer.fromJson(json), InputError, "Cannot use tokenizer.json: ");
  const model = { type: "WordPiece", unk_token: "a", vocab: { a: 0, b: 2 ** 31 } };
  const sparse = { ...tokenizer.toJson(), added_tokens: [], model };
  assertThrows(() => Tokenizer.fromJson(sparse), InputError, 'token "b" has id 2147483648');
});

Deno.test("tokenizer: what is remembered is what a later call gives, encodeAnew keeps nothing", () => {
  const ids = tokenizer.encodeAnew("made elsewhere", 8);
  assertEquals(tokenizer.cached("made elsewhere", 8), undefined);
  tokenizer.remember("made elsewhere", 8, ids);
  assert(tokenizer.cached("made elsewhere", 8) === ids);
  assert(tokenizer.encode("made elsewhere", 8) === ids);
  assertEquals(tokenizer.cached("made elsewhere", 7), undefined);
  assert(tokenizer.encodeAnew("made elsewhere", 8) !== ids);
});

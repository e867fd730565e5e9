import { assert, assertEquals } from "@std/assert";
import { Random } from "../../src/data/random.ts";
import { Tokenizer } from "../../src/data/tokenizer.ts";

/** Characters of bytes in byte-level vocabularies: themselves where they print, else from U+0100 on. */
function byteCharacters(): string[] {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const prints = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte !== 0xad);
    return String.fromCharCode(prints ? byte : next++);
  });
}

const MERGES = ["h e", "l l", "he ll", "hell o", "Ġ w", "o r", "Ġw or", "Ġwor l", "Ġworl d", "Ġ Ġ"];

/** A byte-level BPE as RoBERTa has it, but with ten merges or others. */
function robertaJson(merges: readonly string[] = MERGES): Record<string, unknown> {
  const special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"];
  const merged = merges.map((merge) => merge.replace(" ", ""));
  const tokens = [...special.slice(0, 4), ...byteCharacters(), ...merged, "<mask>"];
  const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]));
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: special.map((content) => ({
      id: vocab[content],
      content,
      single_word: false,
      lstrip: content === "<mask>",
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: {
      type: "ByteLevel",
      add_prefix_space: false,
      trim_offsets: true,
      use_regex: true,
    },
    post_processor: {
      type: "RobertaProcessing",
      sep: ["</s>", 2],
      cls: ["<s>", 0],
      trim_offsets: true,
      add_prefix_space: false,
    },
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: "",
      end_of_word_suffix: "",
      fuse_unk: false,
      vocab,
      merges,
    },
  };
}

const PIECES: [string, number][] = [
  ["<s>", 0],
  ["<pad>", 0],
  ["</s>", 0],
  ["<unk>", 0],
  ["▁", -3],
  ["▁hello", -2],
  ["▁hell", -2.5],
  ["o", -4],
  ["▁world", -2],
  ["s", -4],
  ["h", -5],
  ["e", -5],
  ["l", -5],
  ["a", -5],
  ["▁中", -4],
  ["<mask>", 0],
];

/** A Unigram as XLM-RoBERTa has it, but with a few pieces. */
function unigramJson(): Record<string, unknown> {
  const special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"];
  const id = (content: string) => PIECES.findIndex(([piece]) => piece === content);
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: special.map((content) => ({
      id: id(content),
      content,
      single_word: false,
      lstrip: content === "<mask>",
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: { type: "Replace", pattern: { Regex: " {2,}" }, content: " " },
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [
        { type: "WhitespaceSplit" },
        { type: "Metaspace", replacement: "▁", add_prefix_space: true, prepend_scheme: "always" },
      ],
    },
    post_processor: {
      type: "TemplateProcessing",
      single: [
        { SpecialToken: { id: "<s>", type_id: 0 } },
        { Sequence: { id: "A", type_id: 0 } },
        { SpecialToken: { id: "</s>", type_id: 0 } },
      ],
      pair: [],
      special_tokens: {
        "<s>": { id: "<s>", ids: [0], tokens: ["<s>"] },
        "</s>": { id: "</s>", ids: [2], tokens: ["</s>"] },
      },
    },
    decoder: { type: "Metaspace", replacement: "▁", add_prefix_space: true },
    model: { type: "Unigram", unk_id: 3, vocab: PIECES },
  };
}

const roberta = Tokenizer.fromJson(robertaJson(), { tokenizer_class: "RobertaTokenizer" });
const unigram = Tokenizer.fromJson(unigramJson(), { tokenizer_class: "XLMRobertaTokenizer" });

function tokensOf(tokenizer: Tokenizer, text: string, maxLength = 512): string[] {
  const vocabulary = tokenizer.vocabulary();
  return [...tokenizer.encode(text, maxLength)].map((id) => vocabulary[id]);
}

Deno.test("tokenizer: byte-level BPE merges by rank and spells every other byte", () => {
  assertEquals(tokensOf(roberta, "hello world"), ["<s>", "hello", "Ġworld", "</s>"]);
  assertEquals(tokensOf(roberta, "Hello"), ["<s>", "H", "e", "ll", "o", "</s>"]);
  assertEquals(tokensOf(roberta, "é"), ["<s>", "Ã", "©", "</s>"]);
  assertEquals(tokensOf(roberta, "hell  world"), ["<s>", "hell", "Ġ", "Ġworld", "</s>"]);
  assertEquals(tokensOf(roberta, "hell   world"), ["<s>", "hell", "ĠĠ", "Ġworld", "</s>"]);
  assertEquals(tokensOf(roberta, "it's 12\n"), ["<s>", ..."it's", "Ġ", "1", "2", "Ċ", "</s>"]);
  assertEquals(tokensOf(roberta, "😀").length, 6);
});

Deno.test("tokenizer: byte-level BPE has the special tokens, pad id and size of its vocabulary", () => {
  assertEquals([...roberta.encode("", 8)], [0, 2]);
  assertEquals(roberta.padId, 1);
  assertEquals(roberta.vocabularySize, 4 + 256 + MERGES.length + 1);
  assertEquals(tokensOf(roberta, "hello world hello", 4), ["<s>", "hello", "Ġworld", "</s>"]);
  assertEquals(tokensOf(roberta, "hello <mask>"), ["<s>", "hello", "<mask>", "</s>"]);
});

Deno.test("tokenizer: Unigram takes the likeliest pieces, one unknown token for what it has not", () => {
  assertEquals(tokensOf(unigram, "hello worlds"), ["<s>", "▁hello", "▁world", "s", "</s>"]);
  // ▁hell o costs 6.5, ▁hello 2.
  assertEquals(tokensOf(unigram, "hellos"), ["<s>", "▁hello", "s", "</s>"]);
  assertEquals(tokensOf(unigram, "  hello   a"), ["<s>", "▁hello", "▁", "a", "</s>"]);
  assertEquals(tokensOf(unigram, "hello\nzz"), ["<s>", "▁hello", "▁", "<unk>", "</s>"]);
  assertEquals(tokensOf(unigram, "中"), ["<s>", "▁中", "</s>"]);
});

Deno.test("tokenizer: Unigram has the special tokens, pad id and size of its vocabulary", () => {
  assertEquals([...unigram.encode("", 8)], [0, 2]);
  assertEquals(unigram.padId, 1);
  assertEquals(unigram.vocabularySize, PIECES.length);
  assertEquals(tokensOf(unigram, "hello world hello", 4), ["<s>", "▁hello", "▁world", "</s>"]);
});

Deno.test("tokenizer: WordPiece between <s> and </s>, as MPNet has it", () => {
  const vocab = { "<s>": 0, "<pad>": 1, "</s>": 2, "[UNK]": 3, hello: 4, "##s": 5 };
  const mpnet = Tokenizer.fromJson({
    ...robertaJson(),
    added_tokens: [],
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: true,
      lowercase: true,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab,
    },
  });
  assertEquals([...mpnet.encode("Hellos other", 8)], [0, 4, 5, 3, 2]);
  assertEquals(mpnet.padId, 1);
});

Deno.test("tokenizer: a beginning of a long text gives the ids of the whole text, in every family", () => {
  const random = new Random("long texts of families");
  const pieces = [
    "hello",
    " ",
    "   ",
    "\n",
    "world",
    ".",
    "中",
    "\t",
    "é",
    "123",
    "😀",
    " ".repeat(90),
  ];
  let truncated = 0;
  for (const tokenizer of [roberta, unigram]) {
    for (let round = 0; round < 60; round++) {
      const parts = pieces.slice(0, 1 + random.integer(pieces.length));
      const length = random.integer(800);
      const text = Array.from({ length }, () => parts[random.integer(parts.length)]).join("");
      const whole = [...tokenizer.encode(text, 200_000)];
      for (const maxLength of [3, 10, 64]) {
        if (whole.length > maxLength) truncated++;
        const expected = whole.length > maxLength ? [...whole.slice(0, maxLength - 1), 2] : whole;
        assertEquals([...tokenizer.encode(text, maxLength)], expected);
      }
    }
  }
  assert(truncated > 120, `only ${truncated} were truncated`);
});

Deno.test("tokenizer: a run of blanks that the beginning of a text would cut is not cut", () => {
  // Vocabularies of programs have tokens of many blanks and of many equal signs.
  const doubled = (character: string) =>
    [1, 2, 4, 8, 16].map((n) => `${character.repeat(n)} ${character.repeat(n)}`);
  const tokenizer = Tokenizer.fromJson(robertaJson([...doubled("Ġ"), ...doubled("=")]));
  const text = "=".repeat(32) + " ".repeat(40) + "x";
  const whole = tokensOf(tokenizer, text);
  assertEquals(whole.slice(1, 3), ["=".repeat(32), "Ġ".repeat(32)]);
  for (let maxLength = 3; maxLength < whole.length; maxLength++) {
    assertEquals(tokensOf(tokenizer, text, maxLength), [...whole.slice(0, maxLength - 1), "</s>"]);
  }
});

Deno.test("tokenizer: long texts are quick in every family", () => {
  const texts = ["hello world ".repeat(8334), "a".repeat(100_000), `${" ".repeat(99_999)}x`];
  for (const tokenizer of [roberta, unigram]) {
    for (const text of texts) {
      const start = performance.now();
      tokenizer.encode(text, 256);
      const elapsed = performance.now() - start;
      assert(elapsed < 2000, `${text.slice(0, 6)}... took ${elapsed} ms`);
    }
  }
});

/**
 * Builds the `tokenizer.json` of BERT's WordPiece tokenizer around a vocabulary.
 *
 * @module
 */

import { InputError } from "../errors.ts";

/** Names of the special tokens of a BERT vocabulary, by their role. */
export const BERT_SPECIAL_TOKENS = {
  unk_token: "[UNK]",
  sep_token: "[SEP]",
  pad_token: "[PAD]",
  cls_token: "[CLS]",
  mask_token: "[MASK]",
} as const;

/**
 * The contents of `tokenizer.json` for a WordPiece vocabulary, as BERT's own tokenizer has it: text is
 * cleaned, optionally lower-cased with accents removed, split at blanks and punctuation, cut into word
 * pieces, and put between `[CLS]` and `[SEP]`.
 *
 * @param tokens The vocabulary; the index of a token is its id.
 * @param lowercase Whether the vocabulary is without upper case and accents.
 * @throws {InputError} If a token occurs twice or a special token is missing.
 */
export function wordPieceJson(tokens: readonly string[], lowercase: boolean): object {
  const vocabulary = new Map(tokens.map((token, id) => [token, id]));
  if (vocabulary.size !== tokens.length) {
    const twice = tokens.find((token, id) => vocabulary.get(token) !== id);
    throw new InputError(`Cannot use the vocabulary: token ${JSON.stringify(twice)} occurs twice`);
  }
  const idOf = (token: string): number => {
    const id = vocabulary.get(token);
    if (id !== undefined) return id;
    throw new InputError(
      `Cannot use the vocabulary: special token "${token}" is missing among ${tokens.length} tokens`,
    );
  };
  const special = Object.values(BERT_SPECIAL_TOKENS).map((content) => ({
    id: idOf(content),
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  })).sort((a, b) => a.id - b.id);
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: special,
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: bertTemplate(idOf),
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: {
      type: "WordPiece",
      unk_token: BERT_SPECIAL_TOKENS.unk_token,
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(vocabulary),
    },
  };
}

/** `[CLS] A [SEP]`, and `[CLS] A [SEP] B [SEP]` with segment 1 from B on. */
function bertTemplate(idOf: (token: string) => number): object {
  const { cls_token: cls, sep_token: sep } = BERT_SPECIAL_TOKENS;
  const token = (id: string, type_id: number) => ({ SpecialToken: { id, type_id } });
  const sequence = (id: string, type_id: number) => ({ Sequence: { id, type_id } });
  const single = [token(cls, 0), sequence("A", 0), token(sep, 0)];
  return {
    type: "TemplateProcessing",
    single,
    pair: [...single, sequence("B", 1), token(sep, 1)],
    special_tokens: Object.fromEntries(
      [cls, sep].map((id) => [id, { id, ids: [idOf(id)], tokens: [id] }]),
    ),
  };
}

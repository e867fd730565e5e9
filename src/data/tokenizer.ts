/**
 * Text to token ids: truncation and a cache around the tokenizer library.
 *
 * @module
 */

import { Tokenizer as Library } from "@huggingface/tokenizers";
import { InputError } from "../errors.ts";
import { checkInsertedTexts } from "./check_inserted_texts.ts";
import { checkTokenIds } from "./check_token_ids.ts";
import { TokenCache } from "./token_cache.ts";
import { BERT_SPECIAL_TOKENS, wordPieceJson } from "./word_piece_json.ts";

const CACHE_BYTES = 128 * 1024 * 1024;

/** Characters to look at for one token, several times what a token of any usual text takes. */
const CHARACTERS_PER_TOKEN = 16;

/** WordPiece takes a longer word as one unknown token. */
const LONGEST_WORD = 100;

const SPECIAL_ROLES = [
  "bos_token",
  "eos_token",
  "unk_token",
  "sep_token",
  "pad_token",
  "cls_token",
  "mask_token",
] as const;

/** What {@linkcode Tokenizer.fromVocabulary} may be told. */
export interface VocabularyOptions {
  /** Whether the vocabulary is without upper case and accents; `true` by default. */
  readonly lowercase?: boolean;
}

/** Turns texts into token ids as the `tokenizer.json` of a model says. */
export class Tokenizer {
  /** Smallest size of an embedding table that has a row for every id. */
  readonly vocabularySize: number;
  /** Id of the padding token, 0 if there is none. Batches are packed, so that no row needs it. */
  readonly padId: number;
  readonly #library: Library;
  readonly #json: object;
  readonly #config: Readonly<Record<string, unknown>>;
  readonly #prefix: readonly number[];
  readonly #suffix: readonly number[];
  readonly #cache = new TokenCache(CACHE_BYTES);

  private constructor(json: object, config: Readonly<Record<string, unknown>>) {
    checkTokenIds(json);
    checkInsertedTexts(json);
    try {
      this.#library = new Library(json, config);
      [this.#prefix, this.#suffix] = specialIds(this.#library);
    } catch (cause) {
      throw unusable(cause);
    }
    this.#json = json;
    this.#config = config;
    let largest = -1;
    for (const id of this.#library.get_vocab().values()) largest = Math.max(largest, id);
    this.vocabularySize = largest + 1;
    const padNames = [this.specialTokensMap().pad_token ?? "", "[PAD]", "<pad>"];
    this.padId = padNames.map((name) => this.#library.token_to_id(name))
      .find((id) => id !== undefined) ?? 0;
  }

  /**
   * A tokenizer from the contents of `tokenizer.json` and, if there is one, `tokenizer_config.json`.
   * Truncation and padding in the former have no effect.
   *
   * @throws {InputError} If the contents do not describe a tokenizer, or one of an unknown kind.
   */
  static fromJson(tokenizerJson: object, tokenizerConfig: object = {}): Tokenizer {
    return new Tokenizer(tokenizerJson, tokenizerConfig as Record<string, unknown>);
  }

  /**
   * BERT's tokenizer around a WordPiece vocabulary such as the lines of `vocab.txt`.
   *
   * @param tokens The vocabulary; the index of a token is its id.
   * @throws {InputError} If a token occurs twice or a special token is missing.
   */
  static fromVocabulary(
    tokens: readonly string[],
    { lowercase = true }: VocabularyOptions = {},
  ): Tokenizer {
    return new Tokenizer(wordPieceJson(tokens, lowercase), {
      clean_up_tokenization_spaces: true,
      do_lower_case: lowercase,
      ...BERT_SPECIAL_TOKENS,
      strip_accents: null,
      tokenize_chinese_chars: true,
      tokenizer_class: "BertTokenizer",
    });
  }

  /**
   * The ids of a text, special tokens included. A longer text loses ids from its end, but keeps the
   * special tokens behind them. The ids are shared with later calls: do not change them.
   *
   * @param text Any text; the empty text gives the special tokens alone.
   * @param maxLength Most ids to return.
   * @throws {RangeError} If `maxLength` is not an integer with room for the special tokens.
   */
  encode(text: string, maxLength: number): Uint32Array<ArrayBuffer> {
    const cached = this.cached(text, maxLength);
    if (cached !== undefined) return cached;
    const ids = this.encodeAnew(text, maxLength);
    this.remember(text, maxLength, ids);
    return ids;
  }

  /**
   * As {@linkcode Tokenizer.encode}, but neither looks for the ids among those of earlier calls nor
   * keeps them.
   *
   * @param text Any text.
   * @param maxLength Most ids to return.
   * @throws {RangeError} If `maxLength` is not an integer with room for the special tokens.
   */
  encodeAnew(text: string, maxLength: number): Uint32Array<ArrayBuffer> {
    const special = this.#prefix.length + this.#suffix.length;
    if (!Number.isInteger(maxLength) || maxLength < special) {
      throw new RangeError(
        `Cannot tokenize: the maximum length is ${maxLength}, ` +
          `wanted an integer from ${special} on, the number of special tokens`,
      );
    }
    const room = maxLength - special;
    const body = this.#leadingIds(text, room);
    body.length = Math.min(body.length, room);
    return Uint32Array.from([...this.#prefix, ...body, ...this.#suffix]);
  }

  /** The ids that an earlier call gave or {@linkcode Tokenizer.remember} was told, if still kept. */
  cached(text: string, maxLength: number): Uint32Array<ArrayBuffer> | undefined {
    return this.#cache.get(text, maxLength);
  }

  /**
   * Keeps ids for later calls.
   *
   * @param text The text.
   * @param maxLength The length that it was encoded with.
   * @param ids What {@linkcode Tokenizer.encodeAnew} gives for it, perhaps in another thread.
   */
  remember(text: string, maxLength: number, ids: Uint32Array<ArrayBuffer>): void {
    this.#cache.set(text, maxLength, ids);
  }

  /** The contents of `tokenizer.json`. */
  toJson(): object {
    return this.#json;
  }

  /** The contents of `tokenizer_config.json`. */
  toConfig(): object {
    return this.#config;
  }

  /** The contents of `special_tokens_map.json`: the special tokens by their role. */
  specialTokensMap(): Record<string, string> {
    const map: Record<string, string> = {};
    for (const role of SPECIAL_ROLES) {
      const token = this.#config[role] as string | { content: string } | null | undefined;
      if (typeof token === "string") map[role] = token;
      else if (typeof token?.content === "string") map[role] = token.content;
    }
    return map;
  }

  /** The tokens in the order of their ids, as the lines of `vocab.txt`; "" for an id without one. */
  vocabulary(): string[] {
    const tokens = new Array<string>(this.vocabularySize).fill("");
    for (const [token, id] of this.#library.get_vocab()) tokens[id] = token ?? "";
    return tokens;
  }

  /**
   * At least the first `count` ids of the text, or all of them. A text of 100,000 characters need not
   * be tokenized for its first 256 tokens, so this looks at a beginning, and at a longer one if that
   * gave too few. A beginning that ends before a run of blanks has the same tokens as in the whole text.
   * One that cuts a word may have others for the rest of that word, so as many are left out of the count.
   */
  #leadingIds(text: string, count: number): number[] {
    for (let window = CHARACTERS_PER_TOKEN * (count + 1);; window *= 2) {
      if (window >= text.length) return this.#bodyIds(text);
      const blank = Math.max(text.lastIndexOf(" ", window), text.lastIndexOf("\n", window));
      // A byte-level vocabulary has tokens of several blanks: a run of them stays whole.
      const end = blank < 0 ? 0 : text.slice(0, blank).trimEnd().length;
      const endsAtBlank = end > window / 2;
      const ids = this.#bodyIds(text.slice(0, endsAtBlank ? end : window));
      if (ids.length - (endsAtBlank ? 0 : LONGEST_WORD) >= count) return ids;
    }
  }

  #bodyIds(text: string): number[] {
    try {
      const { ids } = this.#library.encode(text, { add_special_tokens: false });
      // Without an unknown token, what is not in the vocabulary has no id and is left out.
      return ids.filter((id: number | undefined) => id !== undefined);
    } catch (cause) {
      throw unusable(cause);
    }
  }
}

/** The library checks little of what it is given, and fails where it first needs it. */
function unusable(cause: unknown): InputError {
  if (cause instanceof InputError) return cause;
  const { message } = cause as Error;
  return new InputError(`Cannot use tokenizer.json: ${message}`, { cause });
}

/** The special ids before and behind a text. */
function specialIds(library: Library): [number[], number[]] {
  const body = library.encode("a", { add_special_tokens: false }).ids;
  const whole = library.encode("a").ids;
  const start = whole.findIndex((_, i) => body.every((id, j) => whole[i + j] === id));
  const unknown = whole.findIndex((id: unknown) => !Number.isInteger(id));
  if (unknown >= 0) {
    throw new Error(`token ${unknown} of its template is not in the vocabulary`);
  }
  return [whole.slice(0, start), whole.slice(start + body.length)];
}

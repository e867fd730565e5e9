/**
 * The pairs that steps train on.
 *
 * @module
 */
import { bertVocabulary } from "../../src/data/bert_vocabulary.ts";
import { Random } from "../../src/data/random.ts";
import { Tokenizer } from "../../src/data/tokenizer.ts";
import { wordnetEntryLinking } from "../../src/data/wordnet.ts";
import type { StepBatch, StepConfig } from "./task.ts";

/** Which pairs. */
export interface BatchSizes {
  /** Pairs of a batch. */
  readonly pairs: number;
  /** How many batches. */
  readonly batches: number;
}

/** A pair of texts. */
export interface TextPair {
  /** The first text. */
  readonly anchor: string;
  /** What belongs to it. */
  readonly positive: string;
}

/**
 * A batch of random ids, all sequences of one length.
 *
 * @param pairs How many.
 * @param length Tokens of each.
 * @param vocabulary Number of ids.
 * @returns The batch.
 */
export function randomBatch(pairs: number, length: number, vocabulary: number): StepBatch {
  const random = new Random("bench", "rivals");
  const rows = () =>
    Array.from(
      { length: pairs },
      () => Array.from({ length }, () => random.integer(vocabulary)),
    );
  return { anchor: rows(), positive: rows() };
}

/** WordNet's pairs of a definition and an entry, shuffled. */
export async function wordnetPairs({ pairs, batches }: BatchSizes): Promise<TextPair[]> {
  const { train } = await wordnetEntryLinking();
  const rows = Array.from({ length: train.length }, (_, i) => i);
  new Random("bench", "wordnet").shuffle(rows);
  const [anchors, positives] = [train.text("anchor"), train.text("positive")];
  return Array.from({ length: pairs * batches }, (_, i) => {
    const row = rows[i % rows.length];
    return { anchor: anchors.at(row)!, positive: positives.at(row)! };
  });
}

/** Pairs of random words, each text of as many tokens as a model takes, or more. */
export async function longPairs(
  { pairs, batches }: BatchSizes,
  length: number,
): Promise<TextPair[]> {
  const words = (await bertVocabulary()).filter((word) => /^[a-z]{3,}$/.test(word));
  const random = new Random("bench", "long");
  const text = () => Array.from({ length }, () => words[random.integer(words.length)]).join(" ");
  return Array.from({ length: pairs * batches }, () => ({ anchor: text(), positive: text() }));
}

/**
 * Tokenizes pairs and deals them out.
 *
 * @param pairs All of them.
 * @param sizes How many a batch.
 * @param config Lengths are cut to its positions and those of `length`; ids are taken modulo its vocabulary.
 * @param length Tokens after which a text is cut.
 * @returns The batches.
 */
export async function tokenized(
  pairs: readonly TextPair[],
  sizes: BatchSizes,
  config: StepConfig,
  length: number = config.max_position_embeddings,
): Promise<StepBatch[]> {
  const tokenizer = Tokenizer.fromVocabulary(await bertVocabulary());
  const ids = (text: string) =>
    [...tokenizer.encode(text, length)].map((id) => id % config.vocab_size);
  return Array.from({ length: sizes.batches }, (_, i) => {
    const chosen = pairs.slice(i * sizes.pairs, (i + 1) * sizes.pairs);
    return {
      anchor: chosen.map(({ anchor }) => ids(anchor)),
      positive: chosen.map(({ positive }) => ids(positive)),
    };
  });
}

/**
 * Damaged texts beside the original ones.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { Dataset } from "./dataset.ts";
import { Random } from "./random.ts";

/** How {@linkcode denoisingDataset} damages texts. */
export interface DenoisingOptions {
  /** Probability of deleting a word, in [0, 1]. Default: 0.6. */
  ratio?: number;
  /** Seed of what is deleted. Default: 42. */
  seed?: number;
}

/**
 * A character of a script that writes no spaces between words; a run of letters, digits and marks, with
 * what apostrophes join; or any other character that is not white.
 */
const WORDS =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]\p{M}*|[\p{L}\p{N}\p{M}_]+(?:['\u2019][\p{L}\p{N}\p{M}_]+)*|\S/gu;

/**
 * Pairs texts with copies from which words are deleted, as `DenoisingAutoEncoderLoss` wants them.
 *
 * Which words is a function of the seed, the dataset's name and the row, the same in every epoch, where
 * upstream's `DenoisingAutoEncoderDataset` draws anew. Words are runs of letters and digits and single
 * punctuation marks; upstream takes nltk's. A text keeps at least one. Labels and lengths are left out.
 * Source: Wang et al., "TSDAE", 2021.
 *
 * @param dataset Texts in one column.
 * @param options Ratio and seed.
 * @returns The pairs, in columns "damaged" and "original".
 * @throws {UsageError} If there are several columns, or the ratio is outside [0, 1].
 */
export function denoisingDataset(
  dataset: Dataset,
  { ratio = 0.6, seed = 42 }: DenoisingOptions = {},
): Dataset {
  const { name, columns } = dataset;
  if (columns.length !== 1) {
    throw new UsageError(
      `Cannot damage the texts of dataset "${name}": found ${columns.length} text columns, wanted one; choose it with a column map`,
    );
  }
  if (!(ratio >= 0 && ratio <= 1)) {
    throw new UsageError(
      `Cannot damage the texts of dataset "${name}": ratio is ${ratio}, wanted a probability in [0, 1]`,
    );
  }
  const original = [...dataset.text(columns[0])];
  const damaged = original.map((text, row) => damage(text, ratio, new Random(seed, name, row)));
  return new Dataset({ name, texts: new Map([["damaged", damaged], ["original", original]]) });
}

/** Deletes words; between those that stay is a space where there was white space between them. */
function damage(text: string, ratio: number, random: Random): string {
  const words = [...text.matchAll(WORDS)];
  if (words.length === 0) return text;
  const kept = words.filter(() => random.float() >= ratio);
  if (kept.length === 0) kept.push(words[Math.floor(random.float() * words.length)]);
  let result = "";
  let end = kept[0].index;
  for (const { 0: word, index } of kept) {
    result += (/\s/u.test(text.slice(end, index)) ? " " : "") + word;
    end = index + word.length;
  }
  return result;
}

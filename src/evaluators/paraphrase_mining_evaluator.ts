/**
 * Measures how many known paraphrases are among the most similar pairs of many texts.
 *
 * @module
 */

import { InputError } from "../errors.ts";
import { csvFileName } from "./csv_log.ts";
import { checkCount, checkTruncateDim, embed } from "./embed.ts";
import type { Embedder } from "./embedder.ts";
import {
  type EvaluationResult,
  type Evaluator,
  type EvaluatorOptions,
  metricKey,
} from "./evaluator.ts";
import { type MinedPair, mineParaphrases, type MiningLimits } from "./paraphrase_mining.ts";

/** What a {@linkcode ParaphraseMiningEvaluator} measures with. */
export interface ParaphraseMiningOptions extends EvaluatorOptions, Partial<MiningLimits> {
  /** The texts by id. */
  readonly sentences: ReadonlyMap<string, string>;
  /** Ids of texts that say the same; pairs with an id that is no text's, or with itself, are left out. */
  readonly duplicates: readonly (readonly [string, string])[];
  /** Whether a and c are duplicates where a and b, and b and c are; false where not given. */
  readonly addTransitiveClosure?: boolean;
}

/**
 * Average precision over the mined pairs, and F1, precision and recall at the best threshold.
 *
 * Keys: `average_precision`, `f1`, `precision`, `recall`, `threshold`; primary: `average_precision`.
 * `topK` is 100, `maxPairs` 500,000, `queryChunkSize` 5,000 and `corpusChunkSize` 100,000 where they
 * are not given.
 *
 * Source: sentence-transformers, `ParaphraseMiningEvaluator`.
 */
export class ParaphraseMiningEvaluator implements Evaluator {
  readonly name: string;
  readonly greaterIsBetter = true;
  readonly csvFile: string;
  readonly csvHeader: readonly string[] = [
    "precision",
    "recall",
    "f1",
    "threshold",
    "average_precision",
  ];
  readonly primaryMetric: string;
  readonly #sentences: readonly string[];
  readonly #duplicates: ReadonlySet<string>;
  readonly #limits: MiningLimits;
  readonly #truncateDim: number | undefined;

  /**
   * Takes the texts; embeds nothing yet.
   *
   * @param options texts, duplicates, and how far to look
   * @throws {InputError} where no two texts are duplicates
   * @throws {RangeError} where a limit or the width is not an integer of at least 1
   */
  constructor(options: ParaphraseMiningOptions) {
    const { sentences, duplicates, addTransitiveClosure = false, name = "" } = options;
    const places = new Map([...sentences.keys()].map((id, place) => [id, place]));
    const pairs = duplicates.flatMap(([a, b]): [number, number][] => {
      const [p, q] = [places.get(a), places.get(b)];
      return p === undefined || q === undefined || p === q ? [] : [[p, q]];
    });
    if (pairs.length === 0) {
      throw new InputError(
        `Cannot evaluate paraphrase mining: found ${sentences.size} texts and ${duplicates.length} ` +
          "pairs of ids, wanted a pair of two of these texts",
      );
    }
    const known = addTransitiveClosure ? transitiveClosure(pairs, sentences.size) : pairs;
    this.name = name;
    this.csvFile = csvFileName("paraphrase_mining_evaluation", name);
    this.primaryMetric = metricKey(name, "average_precision");
    this.#sentences = [...sentences.values()];
    this.#duplicates = new Set(known.map(([p, q]) => pairKey(p, q)));
    this.#truncateDim = checkTruncateDim(options.truncateDim);
    this.#limits = {
      topK: checkCount("topK", options.topK ?? 100),
      maxPairs: checkCount("maxPairs", options.maxPairs ?? 500_000),
      queryChunkSize: checkCount("queryChunkSize", options.queryChunkSize ?? 5000),
      corpusChunkSize: checkCount("corpusChunkSize", options.corpusChunkSize ?? 100_000),
    };
  }

  async evaluate(embedder: Embedder): Promise<EvaluationResult> {
    const options = { truncateDim: this.#truncateDim };
    const embeddings = await embed(embedder, this.#sentences, options);
    const found = this.#measure(await mineParaphrases(embedder, embeddings, this.#limits));
    const keys = ["average_precision", "f1", "precision", "recall", "threshold"] as const;
    const metrics = keys.map((key) => [metricKey(this.name, key), found[key]] as const);
    const { precision, recall, f1, threshold, average_precision } = found;
    return {
      metrics: Object.fromEntries(metrics),
      csvRow: [precision, recall, f1, threshold, average_precision],
    };
  }

  #measure(pairs: readonly MinedPair[]) {
    const total = this.#duplicates.size;
    const best = { average_precision: 0, f1: 0, precision: 0, recall: 0, threshold: 0 };
    let found = 0;
    pairs.forEach(({ score, first, second }, i) => {
      if (!this.#duplicates.has(pairKey(first, second))) return;
      const precision = ++found / (i + 1);
      const recall = found / total;
      best.average_precision += precision / total;
      const f1 = 2 * precision * recall / (precision + recall);
      if (f1 <= best.f1) return;
      const threshold = (score + pairs[Math.min(i + 1, pairs.length - 1)].score) / 2;
      Object.assign(best, { f1, precision, recall, threshold });
    });
    return best;
  }
}

function pairKey(p: number, q: number): string {
  return p < q ? `${p} ${q}` : `${q} ${p}`;
}

/** All pairs within the connected parts of a graph of `size` nodes. */
function transitiveClosure(pairs: readonly [number, number][], size: number): [number, number][] {
  const parents = Array.from({ length: size }, (_, node) => node);
  const rootOf = (node: number): number => {
    while (parents[node] !== node) node = parents[node] = parents[parents[node]];
    return node;
  };
  for (const [p, q] of pairs) parents[rootOf(p)] = rootOf(q);
  const parts = new Map<number, number[]>();
  for (let node = 0; node < size; node++) {
    const root = rootOf(node);
    const part = parts.get(root);
    if (part === undefined) parts.set(root, [node]);
    else part.push(node);
  }
  return [...parts.values()].flatMap((part) =>
    part.flatMap((p, i) => part.slice(i + 1).map((q): [number, number] => [p, q]))
  );
}

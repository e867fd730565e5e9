import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../src/errors.ts";
import {
  ParaphraseMiningEvaluator,
  type ParaphraseMiningOptions,
} from "../../src/evaluators/paraphrase_mining_evaluator.ts";
import { mineParaphrases } from "../../src/evaluators/paraphrase_mining.ts";
import { coarseVector, embeddingsOf, FakeEmbedder, randomNumbers } from "./fake_embedder.ts";

const random = randomNumbers(42);
const ids = Array.from({ length: 50 }, (_, i) => `s${i}`);
const sentences = new Map(ids.map((id) => [id, `text ${id}`]));
const vectors = ids.map((id): [string, number[]] => [`text ${id}`, coarseVector(random, 5)]);
const duplicates = Array.from({ length: 40 }, () => {
  const pick = () => ids[Math.floor(random() * 50)];
  return [pick(), pick()] as const;
});
const embedder = new FakeEmbedder(vectors);

/** The metrics from every prefix of the mined pairs. */
async function reference(known: ReadonlySet<string>) {
  const limits = { topK: 100, maxPairs: 500_000, queryChunkSize: 99, corpusChunkSize: 99 };
  const pairs = await mineParaphrases(embedder, embeddingsOf(vectors.map(([, v]) => v)), limits);
  const right = pairs.map(({ first, second }) =>
    known.has([ids[first], ids[second]].sort().join())
  );
  const points = pairs.map((_, i) => {
    const found = right.slice(0, i + 1).filter(Boolean).length;
    const [precision, recall] = [found / (i + 1), found / known.size];
    return {
      precision,
      recall,
      f1: found === 0 ? 0 : 2 * precision * recall / (precision + recall),
    };
  });
  const f1 = Math.max(...points.map((point) => point.f1));
  const at = points.findIndex((point) => point.f1 > f1 - 1e-12);
  const sum = points.reduce((total, { precision }, i) => total + (right[i] ? precision : 0), 0);
  return {
    average_precision: sum / known.size,
    ...points[at],
    threshold: (pairs[at].score + pairs[Math.min(at + 1, pairs.length - 1)].score) / 2,
  };
}

function keysOf(pairs: readonly (readonly [string, string])[]): Set<string> {
  return new Set(pairs.filter(([a, b]) => a !== b).map((pair) => [...pair].sort().join()));
}

Deno.test("ParaphraseMiningEvaluator: equals looking at every prefix of the mined pairs", async () => {
  const evaluator = new ParaphraseMiningEvaluator({ sentences, duplicates, name: "dev" });
  const { metrics, csvRow } = await evaluator.evaluate(embedder);
  const expected: Record<string, number> = await reference(keysOf(duplicates));
  const keys = ["average_precision", "f1", "precision", "recall", "threshold"];
  assertEquals(Object.keys(metrics), keys.map((key) => `dev_${key}`));
  for (const key of keys) assertAlmostEquals(metrics[`dev_${key}`], expected[key], 1e-12, key);
  assertEquals(evaluator.csvHeader, [
    "precision",
    "recall",
    "f1",
    "threshold",
    "average_precision",
  ]);
  assertEquals(csvRow, evaluator.csvHeader.map((key) => metrics[`dev_${key}`]));
  assertEquals(evaluator.csvFile, "paraphrase_mining_evaluation_dev_results.csv");
  assertEquals([evaluator.primaryMetric, evaluator.greaterIsBetter], [
    "dev_average_precision",
    true,
  ]);
});

Deno.test("ParaphraseMiningEvaluator: the closure makes duplicates of duplicates ones", async () => {
  // By repetition until nothing is new.
  const known = keysOf(duplicates);
  for (let before = 0; before < known.size;) {
    before = known.size;
    for (const [p, q] of [...known].flatMap((a) => [...known].map((b) => [a, b]))) {
      const both = [...new Set([...p.split(","), ...q.split(",")])];
      if (both.length === 3) {
        for (const pair of keysOf([[both[0], both[1]], [both[1], both[2]], [both[0], both[2]]])) {
          known.add(pair);
        }
      }
    }
  }
  assertEquals(known.size > keysOf(duplicates).size, true);
  const evaluator = new ParaphraseMiningEvaluator({
    sentences,
    duplicates,
    addTransitiveClosure: true,
  });
  const { metrics } = await evaluator.evaluate(embedder);
  const expected: Record<string, number> = await reference(known);
  for (const key of Object.keys(metrics)) {
    assertAlmostEquals(metrics[key], expected[key], 1e-12, key);
  }
});

Deno.test("ParaphraseMiningEvaluator: nothing found is 0", async () => {
  const small = new Map([["a", "x"], ["b", "y"]]);
  const evaluator = new ParaphraseMiningEvaluator({ sentences: small, duplicates: [["a", "b"]] });
  const { metrics } = await evaluator.evaluate(new FakeEmbedder([["x", [NaN]], ["y", [NaN]]]));
  assertEquals(Object.values(metrics), [0, 0, 0, 0, 0]);
});

Deno.test("ParaphraseMiningEvaluator: refuses what it cannot measure", () => {
  const make = (options: Partial<ParaphraseMiningOptions>) => () =>
    new ParaphraseMiningEvaluator({ sentences, duplicates, ...options });
  const none = [["s1", "s1"], ["s1", "other"]] as const;
  assertThrows(make({ duplicates: none }), InputError, "found 50 texts and 2 pairs of ids");
  assertThrows(make({ topK: 0 }), RangeError, "topK 0");
  assertThrows(make({ maxPairs: 0 }), RangeError, "maxPairs 0");
  assertThrows(make({ queryChunkSize: 0 }), RangeError, "queryChunkSize 0");
  assertThrows(make({ corpusChunkSize: 0 }), RangeError, "corpusChunkSize 0");
});

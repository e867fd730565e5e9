import { assert, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import {
  MultipleNegativesRankingLoss,
  type MultipleNegativesRankingLossOptions,
} from "../../src/losses/multiple_negatives_ranking_loss.ts";
import { multipleNegativesRankingLoss } from "../reference/losses/multiple_negatives_ranking_loss.ts";
import { l2Normalize, l2NormalizeBackward } from "../reference/l2_normalize.ts";
import {
  similarityCrossEntropy,
  similarityCrossEntropyBackward,
} from "../reference/similarity_cross_entropy.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { assertEdges, assertRanking, embeddingsOf, runLoss } from "../support/ranking_checks.ts";

interface Case extends MultipleNegativesRankingLossOptions {
  B: number;
  C: number;
  columns: number;
}

const ALL = ["query_to_doc", "query_to_query", "doc_to_query", "doc_to_doc"] as const;
const SYMMETRIC = {
  directions: ["query_to_doc", "doc_to_query"],
  partition_mode: "per_direction",
} as const;
const ALL_HARDER = { hardness_mode: "all_negatives", hardness_strength: 5 } as const;

const CASES: readonly Case[] = [
  { B: 1, C: 4, columns: 2 },
  { B: 1, C: 8, columns: 4 },
  { B: 6, C: 32, columns: 2 },
  { B: 33, C: 20, columns: 3 },
  { B: 65, C: 64, columns: 5, scale: 50 },
  { B: 9, C: 12, columns: 2, scale: 1, similarity_fct: "dot_score" },
  { B: 9, C: 12, columns: 3, scale: 0.5, similarity_fct: "dot_score" },
  { B: 1, C: 4, columns: 2, directions: ALL },
  { B: 6, C: 8, columns: 2, directions: ["query_to_doc", "query_to_query"] },
  { B: 6, C: 8, columns: 3, directions: ["doc_to_doc", "query_to_doc"] },
  { B: 6, C: 8, columns: 3, directions: ["query_to_doc", "doc_to_query"] },
  { B: 20, C: 12, columns: 3, directions: ALL },
  { B: 9, C: 12, columns: 2, directions: ALL, scale: 0.5, similarity_fct: "dot_score" },
  { B: 1, C: 4, columns: 2, ...SYMMETRIC },
  { B: 20, C: 12, columns: 3, ...SYMMETRIC },
  // A low scale, at which every negative counts.
  { B: 7, C: 8, columns: 3, scale: 2, hardness_mode: "in_batch_negatives", hardness_strength: 9 },
  { B: 7, C: 8, columns: 2, scale: 2, hardness_mode: "hard_negatives", hardness_strength: 5 },
  { B: 7, C: 8, columns: 3, scale: 2, hardness_mode: "hard_negatives", hardness_strength: 5 },
  { B: 7, C: 8, columns: 3, scale: 2, ...ALL_HARDER, directions: ALL },
  { B: 7, C: 8, columns: 3, scale: 2, ...ALL_HARDER, ...SYMMETRIC },
];

Deno.test("MultipleNegativesRankingLoss equals its reference, forward and backward", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const test of CASES) {
      const { B, C, columns, ...options } = test;
      const batch = { B, C, columns };
      const { scale = 20, hardness_strength = 0, similarity_fct, directions = ALL } = options;
      const input = { ...options, embeddings: embeddingsOf(batch), B, C };
      const found = await runLoss(gpu, new MultipleNegativesRankingLoss(options), batch);
      assertRanking(found, multipleNegativesRankingLoss(input), {
        name: `MultipleNegativesRankingLoss ${JSON.stringify(test)}`,
        batch,
        scale: scale + hardness_strength,
        isCosine: similarity_fct !== "dot_score",
        blocks: directions.length,
      });
      seen++;
    }
  }
  assertEquals(seen, 40);
});

Deno.test("MultipleNegativesRankingLoss smooths the labels of one direction", async () => {
  const batch = { B: 33, C: 20, columns: 3, labelSmoothing: 0.1 };
  const { B, C } = batch;
  const x = embeddingsOf(batch);
  const unit = l2Normalize(x, C);
  const [anchors, candidates] = [unit.slice(0, B * C), unit.slice(B * C)];
  const input = { anchors, candidates, C, scale: 20, labelSmoothing: 0.1 };
  const { dAnchors, dCandidates } = similarityCrossEntropyBackward(input, 1);
  const gradient = l2NormalizeBackward(x, Float64Array.of(...dAnchors, ...dCandidates), C);
  const { loss } = similarityCrossEntropy(input);
  for (const gpu of await testGpus()) {
    const found = await runLoss(gpu, new MultipleNegativesRankingLoss(), batch);
    assertRanking(found, { loss, gradient }, { name: "smoothed", batch, scale: 20 });
  }
  assertEquals(new MultipleNegativesRankingLoss().smoothsLabels, true);
  const hardness = { hardness_mode: "hard_negatives", hardness_strength: 5 } as const;
  assertEquals(new MultipleNegativesRankingLoss(hardness).smoothsLabels, true);
  assertEquals(new MultipleNegativesRankingLoss({ directions: ALL }).smoothsLabels, false);
});

Deno.test("MultipleNegativesRankingLoss of one row, of zeros and of NaN is what it must be", async () => {
  const gpu = await testGpu();
  const batch = { B: 5, C: 8, columns: 3 };
  for (const options of [{}, { directions: ALL }, SYMMETRIC]) {
    await assertEdges(gpu, new MultipleNegativesRankingLoss(options), batch);
  }
});

Deno.test("MultipleNegativesRankingLoss survives scores of 80 and a scale of 1000", async () => {
  const gpu = await testGpu();
  const batch = { B: 4, C: 8, columns: 3 };
  const long = embeddingsOf(batch).map((value) => value * 10);
  const cases = [
    { data: long, options: { similarity_fct: "dot_score", scale: 1, directions: ALL } },
    { data: undefined, options: { scale: 1000, directions: ALL } },
  ] as const;
  for (const { data, options } of cases) {
    const loss = new MultipleNegativesRankingLoss(options);
    const { y, gradients } = await runLoss(gpu, loss, { ...batch, data });
    assert(Number.isFinite(y[0]) && y[0] > 80, `the loss is ${y[0]}`);
    assert(gradients.embeddings.every(Number.isFinite));
  }
});

Deno.test("MultipleNegativesRankingLoss has the name, options and papers of upstream", () => {
  const loss = new MultipleNegativesRankingLoss();
  assertEquals(loss.name, "MultipleNegativesRankingLoss");
  assertEquals(loss.config, {
    scale: 20,
    similarity_fct: "cos_sim",
    directions: ["query_to_doc"],
    partition_mode: "joint",
    hardness_mode: null,
    hardness_strength: 0,
  });
  const cited = (options: MultipleNegativesRankingLossOptions) =>
    /^@misc\{(\w+),/.exec(new MultipleNegativesRankingLoss(options).citation)?.[1];
  assertEquals(cited({}), "henderson2017efficient");
  assertEquals(cited({ directions: ALL }), "li2023towards");
  assertEquals(cited(SYMMETRIC), "guenther2024jina");
  const other = new MultipleNegativesRankingLoss({ scale: 1, similarity_fct: "dot_score" });
  assertEquals([other.config.scale, other.config.similarity_fct], [1, "dot_score"]);
});

Deno.test("MultipleNegativesRankingLoss refuses options without sense", () => {
  const create = (options: unknown) =>
    new MultipleNegativesRankingLoss(options as MultipleNegativesRankingLossOptions);
  const start = "Cannot set up MultipleNegativesRankingLoss: ";
  for (const scale of [0, -1, NaN, Infinity, "20", null]) {
    assertThrows(
      () => create({ scale }),
      UsageError,
      `${start}scale is ${
        JSON.stringify(scale)
      }: wanted a number above 0 (Scale must be a positive value.)`,
    );
  }
  const cases: [object, string][] = [
    [{ similarity_fct: "cosine" }, 'similarity_fct is "cosine": wanted "cos_sim" or "dot_score"'],
    [{ directions: "query_to_doc" }, 'directions is "query_to_doc": wanted a list of directions'],
    [{ directions: [] }, "At least one direction must be specified."],
    [
      { directions: ["query_to_doc", "doc_to_docs"] },
      'Invalid directions: "doc_to_docs"; known are query_to_doc, query_to_query, doc_to_query, doc_to_doc; the nearest is "doc_to_doc"',
    ],
    [
      { directions: ["doc_to_query"] },
      "found directions doc_to_query; 'query_to_doc' direction is required (contains the positive pair).",
    ],
    [{ partition_mode: "both" }, "partition_mode must be 'joint' or 'per_direction'"],
    [
      { directions: ALL, partition_mode: "per_direction" },
      "found directions query_to_query, doc_to_doc; partition_mode='per_direction' requires every direction's candidate pool to include the positive pair. Use partition_mode='joint'",
    ],
    [
      { hardness_mode: "hard" },
      "hardness_mode must be one of in_batch_negatives, hard_negatives, all_negatives or null",
    ],
    [{ hardness_strength: -1 }, "hardness_strength must be non-negative."],
    [{ scales: 20 }, 'it has no option "scales"'],
    [{ gather_across_devices: "all" }, 'gather_across_devices is "all": wanted true or false'],
  ];
  for (const [options, message] of cases) {
    const { message: found } = assertThrows(() => create(options), UsageError, message);
    assert(found.startsWith(start), found);
  }
});

Deno.test("MultipleNegativesRankingLoss wants anchors and positives", () => {
  const loss = new MultipleNegativesRankingLoss();
  loss.checkColumns(["anchor", "positive"]);
  loss.checkColumns(["anchor", "positive", "negative_1", "negative_2"]);
  const start = "Cannot train with MultipleNegativesRankingLoss: ";
  for (const [columns, found] of [[["text"], '"text"'], [[], "none"]] as const) {
    assertThrows(
      () => loss.checkColumns(columns),
      UsageError,
      `${start}found as text columns ${found}, wanted anchor, positive`,
    );
  }
  assertThrows(() => loss.checkColumns(["a"]), UsageError, "Expected at least 2 embeddings, got 1");
});

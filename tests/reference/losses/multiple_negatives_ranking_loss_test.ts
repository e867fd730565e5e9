import { assertEquals } from "@std/assert";
import { assertClose } from "../../support/assert_close.ts";
import { gradientCheck } from "../../support/gradient_check.ts";
import { l2Normalize } from "../l2_normalize.ts";
import { normalValues } from "../random_values.ts";
import { similarityCrossEntropy } from "../similarity_cross_entropy.ts";
import { multipleNegativesRankingLoss } from "./multiple_negatives_ranking_loss.ts";

const [B, C] = [3, 4];
const EVERY = ["query_to_doc", "query_to_query", "doc_to_query", "doc_to_doc"];

Deno.test("multipleNegativesRankingLoss is cross entropy over cosines", () => {
  const embeddings = normalValues(3 * B * C, 1);
  const unit = l2Normalize(embeddings, C);
  const [anchors, candidates] = [unit.slice(0, B * C), unit.slice(B * C)];
  const { loss } = similarityCrossEntropy({ anchors, candidates, C, scale: 20 });
  const found = multipleNegativesRankingLoss({ embeddings, B, C });
  assertClose([found.loss], [loss], { op: "loss", absolute: 0, relative: 1e-13 });
});

Deno.test("multipleNegativesRankingLoss of equal texts is the logarithm of how many count", () => {
  const loss = (columns: number, options: object) =>
    multipleNegativesRankingLoss({
      embeddings: new Float64Array(columns * B * C).fill(1),
      B,
      C,
      ...options,
    }).loss;
  const cases: [number, number][] = [
    [loss(2, {}), 3],
    [loss(3, {}), 6],
    // Documents 6, other anchors 2, anchors 3, documents of others 4.
    [loss(3, { directions: EVERY }), 15],
    [loss(2, { directions: ["query_to_doc", "doc_to_doc"] }), 5],
    [loss(2, { directions: ["query_to_doc", "doc_to_query"], partition_mode: "per_direction" }), 3],
  ];
  for (const [found, count] of cases) {
    assertClose([found], [Math.log(count)], { op: "loss", absolute: 1e-13, relative: 0 });
  }
});

Deno.test("multipleNegativesRankingLoss with hardness weighs what its mode says", () => {
  const embeddings = new Float64Array(3 * B * C).fill(1);
  const options = { embeddings, B, C, hardness_strength: Math.log(2) };
  const modes = { in_batch_negatives: 2 + 4 * 2, hard_negatives: 5 + 2, all_negatives: 1 + 5 * 2 };
  assertEquals(Object.keys(modes).length, 3);
  for (const [hardness_mode, count] of Object.entries(modes)) {
    const { loss } = multipleNegativesRankingLoss({ ...options, hardness_mode });
    assertClose([loss], [Math.log(count)], { op: hardness_mode, absolute: 1e-13, relative: 0 });
  }
});

const CHECKED = [
  {},
  { directions: EVERY },
  { directions: ["query_to_doc", "doc_to_query"], partition_mode: "per_direction" },
  { directions: EVERY, similarity_fct: "dot_score" },
  { hardness_mode: "in_batch_negatives", hardness_strength: 2 },
  { hardness_mode: "hard_negatives", hardness_strength: 2 },
  { directions: EVERY, hardness_mode: "all_negatives", hardness_strength: 2 },
] as const;

for (const options of CHECKED) {
  Deno.test(`multipleNegativesRankingLoss agrees with central differences, ${JSON.stringify(options)}`, () => {
    const frozen = normalValues(3 * B * C, 1);
    const input = { B, C, scale: 2, ...options, frozen };
    const { gradient } = multipleNegativesRankingLoss({ ...input, embeddings: frozen });
    gradientCheck(
      (embeddings) => multipleNegativesRankingLoss({ ...input, embeddings }).loss,
      frozen.slice(),
      gradient,
    );
  });
}

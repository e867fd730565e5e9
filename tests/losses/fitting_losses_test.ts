import { assertEquals } from "@std/assert";
import type { LabelFacts } from "../../src/data/label_facts.ts";
import { fittingLosses } from "../../src/losses/fitting_losses.ts";
import { LOSS_NAMES } from "../../src/losses/names.ts";

const SCORE: LabelFacts = { width: 1, minimum: 0, maximum: 1, isWhole: false };
const BINARY: LabelFacts = { width: 1, minimum: 0, maximum: 1, isWhole: true };
const CLASS: LabelFacts = { width: 1, minimum: 0, maximum: 5, isWhole: true };
const VECTOR: LabelFacts = { width: 384, minimum: -1, maximum: 1, isWhole: false };

const RANKING = [
  "MultipleNegativesRankingLoss",
  "MultipleNegativesSymmetricRankingLoss",
  "CachedMultipleNegativesRankingLoss",
  "CachedMultipleNegativesSymmetricRankingLoss",
];
const SPREAD = "GlobalOrthogonalRegularizationLoss";
const GUIDED = ["GISTEmbedLoss", "CachedGISTEmbedLoss"];
const PLAIN_PAIR = [...RANKING, "MegaBatchMarginLoss", SPREAD];
const CLASSES = [
  "BatchAllTripletLoss",
  "BatchHardSoftMarginTripletLoss",
  "BatchHardTripletLoss",
  "BatchSemiHardTripletLoss",
];
const PAIR = ["anchor", "positive"];
const TEXTS = ["first", "second"];
const TRIPLET = ["anchor", "positive", "negative"];

/** What must be named, in groups whose order counts; in a group it does not. */
const SHAPES: readonly (readonly [
  shape: string,
  columns: readonly string[],
  labels: LabelFacts | null,
  groups: readonly (readonly string[])[],
])[] = [
  ["a pair", PAIR, null, [[...PLAIN_PAIR, "DenoisingAutoEncoderLoss"], GUIDED]],
  ["a triplet", TRIPLET, null, [[...RANKING, SPREAD, "AnglELoss", "TripletLoss"], GUIDED]],
  ["a pair with a score", TEXTS, SCORE, [
    [
      "CosineSimilarityLoss",
      "CoSENTLoss",
      "AnglELoss",
      "ContrastiveLoss",
      "ContrastiveTensionLoss",
    ],
    PLAIN_PAIR,
    GUIDED,
  ]],
  ["a pair with 0 or 1", TEXTS, BINARY, [
    [
      "CosineSimilarityLoss",
      "CoSENTLoss",
      "AnglELoss",
      "ContrastiveLoss",
      "OnlineContrastiveLoss",
      "ContrastiveTensionLoss",
      "SoftmaxLoss",
    ],
    PLAIN_PAIR,
    GUIDED,
  ]],
  ["a pair with a class", TEXTS, CLASS, [
    ["CoSENTLoss", "AnglELoss", "SoftmaxLoss"],
    PLAIN_PAIR,
    GUIDED,
  ]],
  ["a pair with vectors", TEXTS, VECTOR, [
    ["MSELoss", "EmbedDistillLoss"],
    PLAIN_PAIR,
    GUIDED,
  ]],
  ["a text with a class", ["text"], CLASS, [
    CLASSES,
    [SPREAD, "ContrastiveTensionLossInBatchNegatives"],
  ]],
  ["a text with a vector", ["text"], VECTOR, [
    ["MSELoss", "EmbedDistillLoss"],
    [SPREAD, "ContrastiveTensionLossInBatchNegatives"],
  ]],
  ["a text", ["text"], null, [[SPREAD, "ContrastiveTensionLossInBatchNegatives"]]],
  ["a triplet with two scores", TRIPLET, { ...VECTOR, width: 2 }, [
    ["MarginMSELoss", "DistillKLDivLoss", "MSELoss", "EmbedDistillLoss"],
    [...RANKING, SPREAD, "TripletLoss"],
    GUIDED,
  ]],
  ["no text", [], null, []],
];

for (const [shape, columns, labels, groups] of SHAPES) {
  Deno.test(`fittingLosses() names what fits ${shape}, label losses first, guided ones last`, () => {
    const found = fittingLosses(columns, labels);
    let start = 0;
    for (const group of groups) {
      const part = found.slice(start, start += group.length);
      assertEquals(part.toSorted(), group.toSorted());
    }
    assertEquals(found.length, start);
  });
}

Deno.test("fittingLosses() names every loss for some shape, but for modifiers of another loss", () => {
  assertEquals(SHAPES.length, 11);
  const named = new Set(SHAPES.flatMap(([, columns, labels]) => fittingLosses(columns, labels)));
  assertEquals(
    LOSS_NAMES.filter((name) => !named.has(name)).toSorted(),
    ["AdaptiveLayerLoss", "Matryoshka2dLoss", "MatryoshkaLoss"],
  );
});

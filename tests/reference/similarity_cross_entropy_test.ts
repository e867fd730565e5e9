import { assertEquals } from "@std/assert";
import { assertClose } from "../support/assert_close.ts";
import { gradientCheck } from "../support/gradient_check.ts";
import { normalValues } from "./random_values.ts";
import {
  dotsOf,
  type ScoreBlock,
  similarityCrossEntropy,
  similarityCrossEntropyBackward,
  type SimilarityCrossEntropyInput,
} from "./similarity_cross_entropy.ts";

Deno.test("similarityCrossEntropy is the mean of -log softmax at the positives", () => {
  const { loss, logSumExp } = similarityCrossEntropy({
    anchors: Float64Array.of(Math.log(2), 0, 0, Math.log(3)),
    candidates: Float64Array.of(1, 0, 0, 1, 0, 0),
    C: 2,
    scale: 2,
  });
  // Scores are [ln 4, 0, 0] and [0, ln 9, 0].
  assertClose(logSumExp, [Math.log(6), Math.log(11)], {
    op: "logSumExp",
    absolute: 0,
    relative: 1e-15,
  });
  const expected = (Math.log(6 / 4) + Math.log(11 / 9)) / 2;
  assertClose([loss], [expected], { op: "loss", absolute: 0, relative: 1e-14 });
});

Deno.test("similarityCrossEntropy is log M where nothing is similar to anything", () => {
  const zeros = new Float64Array(8);
  const { loss } = similarityCrossEntropy({ anchors: zeros, candidates: zeros, C: 2, scale: 20 });
  assertClose([loss], [Math.log(4)], { op: "loss", absolute: 0, relative: 1e-15 });
});

Deno.test("similarityCrossEntropy stays finite for scores beyond the range of exp", () => {
  const anchors = Float64Array.of(1, -1);
  const { loss } = similarityCrossEntropy({ anchors, candidates: anchors, C: 1, scale: 5000 });
  assertEquals(loss, 0);
});

Deno.test("similarityCrossEntropy smoothed is a mix of -log softmax at the positive and at all", () => {
  const e = 0.3;
  const { loss } = similarityCrossEntropy({
    anchors: Float64Array.of(Math.log(4), 0),
    candidates: Float64Array.of(1, 0, 0, 1, 0, 0),
    C: 2,
    scale: 1,
    labelSmoothing: e,
  });
  // Scores are [ln 4, 0, 0], probabilities [4, 1, 1] / 6.
  const all = (Math.log(6 / 4) + Math.log(6) + Math.log(6)) / 3;
  const expected = (1 - e) * Math.log(6 / 4) + e * all;
  assertClose([loss], [expected], { op: "loss", absolute: 0, relative: 1e-14 });
});

for (const [M, labelSmoothing] of [[4, 0], [7, 0], [4, 0.1], [7, 1]]) {
  Deno.test(`similarityCrossEntropyBackward agrees with central differences, 4 by ${M}, smoothed by ${labelSmoothing}`, () => {
    const C = 3;
    const input = {
      anchors: normalValues(4 * C, 1),
      candidates: normalValues(M * C, 2),
      C,
      scale: 1.5,
      labelSmoothing,
    };
    const dLoss = 0.7;
    const { dAnchors, dCandidates } = similarityCrossEntropyBackward(input, dLoss);
    gradientCheck(
      (anchors) => dLoss * similarityCrossEntropy({ ...input, anchors }).loss,
      input.anchors,
      dAnchors,
    );
    gradientCheck(
      (candidates) => dLoss * similarityCrossEntropy({ ...input, candidates }).loss,
      input.candidates,
      dCandidates,
    );
  });
}

const EVERY_BLOCK: ScoreBlock[] = [
  { rows: "anchors", against: "anchors", excludesOwn: true },
  { rows: "positives", against: "anchors" },
  { rows: "positives", against: "candidates", excludesOwn: true },
];

Deno.test("similarityCrossEntropy of blocks joins their scores, or averages their log-sum-exps", () => {
  const input = {
    // Dot products [ln 2, 0] and [0, ln 3] both ways; of anchors and of positives 0 with each other.
    anchors: Float64Array.of(Math.log(2), 0, 0, Math.log(3)),
    candidates: Float64Array.of(1, 0, 0, 1),
    C: 2,
    scale: 1,
  };
  const loss = (options: Partial<SimilarityCrossEntropyInput>) =>
    similarityCrossEntropy({ ...input, ...options }).loss;
  const half = (a: number, b: number) => (Math.log(a) + Math.log(b)) / 2;
  const cases: [number, number][] = [
    // Without its own, each row of anchors and of positives adds exp(0).
    [loss({ blocks: EVERY_BLOCK }), half((2 + 1 + 1 + 2 + 1 + 1) / 2, (3 + 1 + 1 + 3 + 1 + 1) / 3)],
    [loss({ blocks: [EVERY_BLOCK[1]], partition: "per_block" }), half(3 / 2, 4 / 3)],
    // Their own: exp(ln^2 2) and exp(ln^2 3).
    [
      loss({ blocks: [{ rows: "anchors", against: "anchors" }] }),
      half((3 + Math.exp(Math.log(2) ** 2) + 1) / 2, (4 + Math.exp(Math.log(3) ** 2) + 1) / 3),
    ],
  ];
  for (const [found, wanted] of cases) {
    assertClose([found], [wanted], { op: "loss", absolute: 0, relative: 1e-14 });
  }
});

Deno.test("similarityCrossEntropy adds hardness to negatives and obeys a guide, but never for the positive", () => {
  const [a, b] = [Math.log(2), Math.log(3)];
  // Anchor 0: positive 0, another's a, own negative b, another's negative 0. Anchor 1 alike for all.
  const anchors = Float64Array.of(1, 0, 0, 1);
  const candidates = Float64Array.of(0, 0, a, 0, b, 0, 0, 0);
  const input = { anchors, candidates, C: 2, scale: 1 };
  const loss = (options: Partial<SimilarityCrossEntropyInput>) =>
    similarityCrossEntropy({ ...input, ...options }).loss;
  const half = (sum: number) => (Math.log(sum) + Math.log(4)) / 2;
  const cases: [number, number][] = [
    [loss({ hardness: { own: 1, others: 0 } }), half(1 + 2 + 9 + 1)],
    [loss({ hardness: { own: 0, others: 2 } }), half(1 + 8 + 3 + 1)],
    // To the guide the positive of anchor 0 scores 1/2, so that 2/3 is too near, and that of anchor 1 is 0.
    [
      loss({ guide: { anchors, candidates: guideOf(0.5, 0.6, 0.4, 0.5), G: 2, ...MARGIN } }),
      half(1 + 3 + 1),
    ],
    [
      loss({
        guide: {
          anchors,
          candidates: guideOf(0.5, 0.6, 0.4, 0.2),
          G: 2,
          margin: 0.5,
          relative: true,
        },
      }),
      half(1 + 1),
    ],
    [
      loss({
        guide: {
          anchors,
          candidates: guideOf(-0.4, -0.3, -0.5, -0.7),
          G: 2,
          margin: 0.5,
          relative: true,
        },
      }),
      half(1 + 1),
    ],
  ];
  for (const [found, wanted] of cases) {
    assertClose([found], [wanted], { op: "loss", absolute: 0, relative: 1e-14 });
  }
});

const MARGIN = { margin: 0, relative: false };

/** Candidates of the guide that differ along the first axis and are alike to anchor 1. */
function guideOf(...firsts: number[]): Float64Array {
  return Float64Array.from(firsts.flatMap((first) => [first, 0]));
}

const GUIDED = { G: 4, margin: 0.5, relative: true };
const CHECKED: Record<string, Partial<SimilarityCrossEntropyInput>> = {
  "every block": { blocks: EVERY_BLOCK },
  "a softmax for each block": { blocks: [EVERY_BLOCK[1]], partition: "per_block" },
  hardness: { blocks: EVERY_BLOCK, hardness: { own: 0.7, others: 0.3 } },
  "a guide": {
    blocks: [{ rows: "anchors", against: "anchors" }, { rows: "positives", against: "positives" }],
    guide: { anchors: normalValues(16, 3), candidates: normalValues(32, 4), ...GUIDED },
  },
};

for (const [name, options] of Object.entries(CHECKED)) {
  Deno.test(`similarityCrossEntropyBackward agrees with central differences, ${name}`, () => {
    const C = 3;
    const input = {
      anchors: normalValues(4 * C, 1),
      candidates: normalValues(8 * C, 2),
      C,
      scale: 1.5,
      ...options,
    };
    const { dAnchors, dCandidates } = similarityCrossEntropyBackward(input, 1);
    // What hardness adds has no gradient: it stays as it was.
    const frozenDots = dotsOf(input);
    const loss = (changed: Partial<SimilarityCrossEntropyInput>) =>
      similarityCrossEntropy({ ...input, ...changed, frozenDots }).loss;
    gradientCheck((anchors) => loss({ anchors }), input.anchors, dAnchors);
    gradientCheck((candidates) => loss({ candidates }), input.candidates, dCandidates);
  });
}

import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import {
  MultipleNegativesRankingLoss,
  type MultipleNegativesRankingLossOptions,
} from "../../src/losses/multiple_negatives_ranking_loss.ts";
import { l2Normalize, l2NormalizeBackward } from "../reference/l2_normalize.ts";
import { normalValues } from "../reference/random_values.ts";
import {
  similarityCrossEntropy,
  similarityCrossEntropyBackward,
} from "../reference/similarity_cross_entropy.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

interface Case extends MultipleNegativesRankingLossOptions {
  B: number;
  C: number;
  /** Columns of negatives. */
  negatives: number;
  labelSmoothing?: number;
}

const CASES: readonly Case[] = [
  { B: 1, C: 4, negatives: 0 },
  { B: 1, C: 8, negatives: 2 },
  { B: 6, C: 32, negatives: 0 },
  { B: 33, C: 20, negatives: 1 },
  { B: 65, C: 64, negatives: 3, scale: 50 },
  { B: 9, C: 12, negatives: 0, scale: 1, similarity_fct: "dot_score" },
  { B: 9, C: 12, negatives: 1, scale: 0.5, similarity_fct: "dot_score" },
  { B: 33, C: 20, negatives: 1, labelSmoothing: 0.1 },
];

/** Loss and its gradient in float64: the anchors are the first rows, all others are candidates. */
function reference(
  x: Float64Array,
  { B, C, scale = 20, similarity_fct = "cos_sim", labelSmoothing }: Case,
) {
  const cosine = similarity_fct === "cos_sim";
  const compared = cosine ? l2Normalize(x, C) : x;
  const [anchors, candidates] = [compared.slice(0, B * C), compared.slice(B * C)];
  const input = { anchors, candidates, C, scale, labelSmoothing };
  const { dAnchors, dCandidates } = similarityCrossEntropyBackward(input, 1);
  const dCompared = Float64Array.of(...dAnchors, ...dCandidates);
  return {
    loss: similarityCrossEntropy(input).loss,
    gradient: cosine ? l2NormalizeBackward(x, dCompared, C) : dCompared,
  };
}

/** A probability is off by what its score is off by, and brings that into every gradient. */
function tolerances(x: Float64Array, { B, C, scale = 20, similarity_fct = "cos_sim" }: Case) {
  const lengths = Array.from(
    { length: x.length / C },
    (_, row) => Math.hypot(...x.subarray(row * C, (row + 1) * C)),
  );
  const [shortest, longest] = [Math.min(...lengths), Math.max(...lengths)];
  const [score, factor] = similarity_fct === "cos_sim"
    ? [scale, 1 / shortest]
    : [scale * longest ** 2, longest];
  const probability = floatTolerance(C + 4) * score;
  return { probability, gradient: probability * factor * scale / B };
}

Deno.test("MultipleNegativesRankingLoss equals its reference, forward and backward", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const options of CASES) {
      const { B, C, negatives, scale, similarity_fct, labelSmoothing } = options;
      const names = ["anchor", "positive", ...Array(negatives).keys()].map(String);
      const columns = names.map((name, i) => ({ name, first: i * B, count: B }));
      const shape = [names.length * B, C];
      const data = normalValues(shape[0] * C, 1);
      const loss = new MultipleNegativesRankingLoss({ scale, similarity_fct });
      const { y, gradients } = await runOp(gpu, {
        inputs: { embeddings: { shape, data } },
        forward: (tape, { embeddings }) =>
          loss.forward(tape, { embeddings, columns, labels: null, labelSmoothing }),
        dOutput: Float64Array.of(1),
      });
      const expected = reference(data, options);
      const { probability, gradient } = tolerances(data, options);
      const relative = floatTolerance(C + 4);
      const name = { op: "MultipleNegativesRankingLoss", case: JSON.stringify(options) };
      assertClose(y, [expected.loss], { ...name, absolute: probability, relative });
      assertClose(gradients.embeddings, expected.gradient, {
        ...name,
        shape,
        absolute: gradient,
        relative,
      });
      seen++;
    }
  }
  assertEquals(seen, 16);
});

Deno.test("MultipleNegativesRankingLoss has the name and the options of upstream", () => {
  const loss = new MultipleNegativesRankingLoss();
  assertEquals(loss.name, "MultipleNegativesRankingLoss");
  assertEquals(loss.config, { scale: 20, similarity_fct: "cos_sim" });
  assertEquals(loss.citation.startsWith("@misc{henderson2017efficient,"), true);
  assertEquals(loss.smoothsLabels, true);
  const other = new MultipleNegativesRankingLoss({ scale: 1, similarity_fct: "dot_score" });
  assertEquals(other.config, { scale: 1, similarity_fct: "dot_score" });
});

Deno.test("MultipleNegativesRankingLoss refuses options without sense", () => {
  const create = (options: unknown) =>
    new MultipleNegativesRankingLoss(options as MultipleNegativesRankingLossOptions);
  const start = "Cannot set up MultipleNegativesRankingLoss: ";
  for (const scale of [0, -1, NaN, Infinity, "20", null]) {
    assertThrows(
      () => create({ scale }),
      UsageError,
      `${start}scale is ${JSON.stringify(scale)}, wanted a number above 0`,
    );
  }
  assertThrows(
    () => create({ similarity_fct: "cosine" }),
    UsageError,
    `${start}similarity_fct is "cosine", wanted "cos_sim" or "dot_score"`,
  );
  assertThrows(
    () => create({ scales: 20 }),
    UsageError,
    `${start}it has no option "scales"; its options are scale, similarity_fct; the nearest is "scale"`,
  );
  assertThrows(
    () => create({ gather_across_devices: true }),
    UsageError,
    `${start}it has no option "gather_across_devices"; its options are scale, similarity_fct`,
  );
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
});

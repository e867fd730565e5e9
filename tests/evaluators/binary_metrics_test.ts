import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  averagePrecision,
  binaryMetrics,
  fallingOrder,
  isTie,
} from "../../src/evaluators/binary_metrics.ts";
import { randomNumbers } from "./fake_embedder.ts";

/** Accuracy and F1 by trying every cut of the sorted pairs; precision by its definition. */
function reference(scores: readonly number[], labels: readonly number[]) {
  const rows = scores.map((score, i) => ({ score, label: labels[i], i }))
    .sort((p, q) => q.score - p.score || p.i - q.i);
  const positives = labels.filter((label) => label === 1).length;
  const cuts = rows.slice(0, -1).map((_, i) => {
    const above = rows.slice(0, i + 1).filter(({ label }) => label === 1).length;
    const below = rows.slice(i + 1).filter(({ label }) => label === 0).length;
    const f1 = positives === 0 ? 0 : 2 * above / (i + 1 + positives);
    const threshold = (rows[i].score + rows[i + 1].score) / 2;
    return { accuracy: (above + below) / rows.length, f1, threshold };
  });
  const ap = [...new Set(scores)].reduce((sum, threshold) => {
    const found = rows.filter(({ score }) => score >= threshold);
    const right = found.filter(({ label }) => label === 1).length;
    const gained = found.filter(({ score, label }) => score === threshold && label === 1).length;
    return positives === 0 ? 0 : sum + gained / positives * right / found.length;
  }, 0);
  return { cuts, ap };
}

Deno.test("binaryMetrics: equals trying every cut, on random scores with ties", () => {
  const random = randomNumbers(21);
  let compared = 0;
  for (let round = 0; round < 200; round++) {
    const count = 2 + Math.floor(random() * 20);
    const scores = Array.from({ length: count }, () => Math.floor(random() * 8) / 8);
    const labels = scores.map(() => random() < 0.4 ? 1 : 0);
    const { cuts, ap } = reference(scores, labels);
    const found = binaryMetrics(scores, labels);
    const accuracy = Math.max(...cuts.map((cut) => cut.accuracy));
    assertEquals(found.accuracy, accuracy);
    if (accuracy > 0) {
      const first = cuts.find((cut) => cut.accuracy === accuracy)!;
      assertEquals(found.accuracy_threshold, first.threshold);
    }
    assertAlmostEquals(found.f1, Math.max(...cuts.map((cut) => cut.f1)), 1e-12);
    assertAlmostEquals(found.ap, ap, 1e-12);
    if (found.f1 > 0) {
      const [p, r] = [found.precision, found.recall];
      assertAlmostEquals(2 * p * r / (p + r), found.f1, 1e-12);
      // Equal values of F1 may differ by rounding, so that any of their cuts may win.
      const best = cuts.filter((cut) => Math.abs(cut.f1 - found.f1) < 1e-12);
      assertEquals(best.some(({ threshold }) => threshold === found.f1_threshold), true);
    }
    const predicted = scores.map((score) => score >= found.f1_threshold ? 1 : 0);
    assertAlmostEquals(found.mcc, correlation(predicted, labels), 1e-12);
    compared++;
  }
  assertEquals(compared, 200);
});

/** Pearson's r of two series of bits, 0 where one is constant. */
function correlation(x: readonly number[], y: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  const xy = mean(x.map((value, i) => (value - mx) * (y[i] - my)));
  const size = Math.sqrt(mean(x.map((v) => (v - mx) ** 2)) * mean(y.map((v) => (v - my) ** 2)));
  return size < 1e-15 ? 0 : xy / size;
}

Deno.test("binaryMetrics: by hand, as upstream and scikit-learn have it", () => {
  const found = binaryMetrics([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]);
  assertAlmostEquals(found.ap, 0.8333333333333333, 1e-15);
  assertEquals([found.accuracy, found.f1, found.precision, found.recall], [0.75, 0.8, 2 / 3, 1]);
  assertAlmostEquals(found.accuracy_threshold, 0.6, 1e-15);
  assertAlmostEquals(found.f1_threshold, 0.225, 1e-15);
  assertAlmostEquals(found.mcc, 1 / Math.sqrt(3), 1e-15);
});

Deno.test("binaryMetrics: one pair, one class, all scores equal, NaN", () => {
  assertEquals(binaryMetrics([0.5], [1]), {
    accuracy: 0,
    accuracy_threshold: -1,
    f1: 0,
    f1_threshold: 0,
    precision: 0,
    recall: 0,
    ap: 1,
    mcc: 0,
  });
  const none = binaryMetrics([0.5, 0.4, 0.3], [0, 0, 0]);
  assertEquals([none.f1, none.ap, none.mcc], [0, 0, 0]);
  assertEquals(binaryMetrics([1, 1, 1, 1], [1, 0, 1, 0]).ap, 0.5);
  const broken = binaryMetrics([NaN, NaN, NaN], [1, 0, 1]);
  assertEquals([broken.ap, broken.mcc], [2 / 3, 0]);
});

Deno.test("averagePrecision, fallingOrder and isTie: NaN comes last, ties as they stand", () => {
  assertEquals(fallingOrder([NaN, 1, 2, NaN, 1, -Infinity]), [2, 1, 4, 5, 0, 3]);
  assertEquals([isTie(1, 1), isTie(NaN, NaN), isTie(0, -0), isTie(1, NaN)], [
    true,
    true,
    true,
    false,
  ]);
  assertEquals(averagePrecision([0.9, NaN, 0.1], [0, 1, 0]), 1 / 3);
  assertEquals(averagePrecision([0.9], [0]), 0);
});

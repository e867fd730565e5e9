import { assertEquals } from "@std/assert";
import type { Gpu } from "../../src/gpu/device.ts";
import {
  applyScoreRules,
  hasEffect,
  scoreLimits,
  type ScoreRules,
} from "../../src/ops/score_rules.ts";
import { Tape } from "../../src/ops/tape.ts";
import { normalValues } from "../reference/random_values.ts";
import { testGpus } from "../support/gpu.ts";

const NONE: ScoreRules = {
  queries: 2,
  positive: false,
  excludesOwn: false,
  harder: [0, 0],
  guide: null,
};

/** The rules on the scores 1 to 8 of 2 queries and 4 columns; null where a score does not count. */
async function apply(gpu: Gpu, rules: Partial<ScoreRules>): Promise<(number | null)[]> {
  const tape = new Tape(gpu);
  const scores = tape.upload([2, 4], Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), "scores");
  const guideScores = tape.empty([2, 4], "guide scores");
  const tile = { row: 0, column: 0, rows: 2, columns: 4 };
  applyScoreRules(gpu, { ...NONE, ...rules }, {
    tile,
    scores,
    guideScores: rules.guide ? guideScores : null,
  });
  const found = await gpu.read(scores);
  tape.end();
  return Array.from(found, (score) => score < -1e38 ? null : score);
}

Deno.test("hasEffect() says whether rules change anything", () => {
  assertEquals(hasEffect(NONE), false);
  assertEquals(hasEffect({ ...NONE, positive: true }), false);
  assertEquals(hasEffect({ ...NONE, excludesOwn: true }), true);
  assertEquals(hasEffect({ ...NONE, harder: [0, 1] }), true);
  assertEquals(hasEffect({ ...NONE, harder: [1, 0] }), true);
});

Deno.test("applyScoreRules leaves out a query's own and adds to what is hard", async () => {
  for (const gpu of await testGpus()) {
    assertEquals(await apply(gpu, {}), [1, 2, 3, 4, 5, 6, 7, 8]);
    assertEquals(await apply(gpu, { excludesOwn: true }), [null, 2, null, 4, 5, null, 7, null]);
    assertEquals(await apply(gpu, { harder: [1, 0] }), [2, 2, 6, 4, 5, 12, 7, 16]);
    assertEquals(await apply(gpu, { harder: [1, 0], positive: true }), [1, 2, 6, 4, 5, 6, 7, 16]);
    assertEquals(await apply(gpu, { harder: [0, 1], positive: true }), [1, 4, 3, 8, 10, 6, 14, 8]);
  }
});

Deno.test("applyScoreRules leaves out what a guide scores above the limit, but for the positive", async () => {
  for (const gpu of await testGpus()) {
    const tape = new Tape(gpu);
    const rows = tape.upload([2, 4], Float32Array.of(1, 0, 0, 0, 0, 1, 0, 0), "anchors");
    const candidates = tape.upload(
      [4, 4],
      Float32Array.of(0.5, 0.25, 0, 0, 0.75, -1, 0, 0, 0.5, -0.5, 0, 0, NaN, -2, 0, 0),
      "candidates",
    );
    const factors = { rows, rowCount: 2, candidates, candidateCount: 4 };
    const limits = scoreLimits(tape, factors, { margin: 0, relative: false });
    assertEquals(await gpu.read(limits), Float32Array.of(0.5, -1));
    const guide = { factors, limits };
    // Row 0: 0.5, 0.75, 0.5, NaN; row 1: 0.25, -1, -0.5 and NaN, for NaN times 0 is NaN.
    assertEquals(await apply(gpu, { guide }), [1, null, 3, 4, null, 6, null, 8]);
    const below = scoreLimits(tape, factors, { margin: 0.5, relative: true });
    assertEquals(await gpu.read(below), Float32Array.of(0.25, -1.5));
    const strict = { factors, limits: below };
    assertEquals(await apply(gpu, { guide: strict }), [null, null, null, 4, null, null, null, 8]);
    assertEquals(
      await apply(gpu, { guide: strict, positive: true }),
      [1, null, null, 4, null, 6, null, 8],
    );
    tape.end();
  }
});

Deno.test("scoreLimits are what the guide's scores of copies of the positive are, in any tile", async () => {
  const [B, G] = [40, 64];
  for (const gpu of await testGpus()) {
    const tape = new Tape(gpu);
    const anchors = Float32Array.from(normalValues(B * G, 1));
    const positives = Float32Array.from(normalValues(B * G, 2));
    const rows = tape.upload([B, G], anchors, "anchors");
    const once = tape.upload([B, G], positives, "positives");
    const reversed = new Float32Array(B * G);
    for (let i = 0; i < B; i++) {
      reversed.set(positives.subarray(i * G, (i + 1) * G), (B - 1 - i) * G);
    }
    const both = tape.upload([2 * B, G], Float32Array.of(...positives, ...reversed), "twice");
    const factors = { rows, rowCount: B, candidates: both, candidateCount: 2 * B };
    const tile = [16, 24] as const;
    const limits = scoreLimits(tape, factors, { margin: 0, relative: false, tile });
    assertEquals(
      await gpu.read(limits),
      await gpu.read(
        scoreLimits(tape, { ...factors, candidates: once, candidateCount: B }, {
          margin: 0,
          relative: false,
        }),
      ),
    );
    // The copy of positive i, column 2 B - 1 - i, is not above its limit by a single bit.
    const scores = tape.upload([8, 8], new Float32Array(64).fill(1), "scores");
    applyScoreRules(gpu, { ...NONE, queries: B, guide: { factors, limits } }, {
      tile: { row: 0, column: 2 * B - 8, rows: 8, columns: 8 },
      scores,
      guideScores: tape.empty([8, 8], "guide scores"),
    });
    const found = await gpu.read(scores);
    for (let i = 0; i < 8; i++) assertEquals(found[i * 8 + 7 - i], 1, `copy of ${i}`);
    tape.end();
  }
});

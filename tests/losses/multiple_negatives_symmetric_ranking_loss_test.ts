import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import {
  MultipleNegativesSymmetricRankingLoss,
  type MultipleNegativesSymmetricRankingLossOptions,
} from "../../src/losses/multiple_negatives_symmetric_ranking_loss.ts";
import { multipleNegativesSymmetricRankingLoss } from "../reference/losses/multiple_negatives_symmetric_ranking_loss.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { assertEdges, assertRanking, embeddingsOf, runLoss } from "../support/ranking_checks.ts";

interface Case extends MultipleNegativesSymmetricRankingLossOptions {
  B: number;
  C: number;
  columns: number;
}

const CASES: readonly Case[] = [
  { B: 1, C: 4, columns: 2 },
  { B: 33, C: 20, columns: 2 },
  { B: 33, C: 20, columns: 3, scale: 50 },
  { B: 9, C: 12, columns: 2, scale: 0.5, similarity_fct: "dot_score" },
];

Deno.test("MultipleNegativesSymmetricRankingLoss equals its reference, forward and backward", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const test of CASES) {
      const { B, C, columns, ...options } = test;
      const batch = { B, C, columns };
      const expected = multipleNegativesSymmetricRankingLoss({
        ...options,
        embeddings: embeddingsOf(batch),
        B,
        C,
      });
      const found = await runLoss(gpu, new MultipleNegativesSymmetricRankingLoss(options), batch);
      assertRanking(found, expected, {
        name: `MultipleNegativesSymmetricRankingLoss ${JSON.stringify(test)}`,
        batch,
        scale: options.scale ?? 20,
        isCosine: options.similarity_fct !== "dot_score",
        blocks: 2,
      });
      seen++;
    }
  }
  assertEquals(seen, 8);
});

Deno.test("MultipleNegativesSymmetricRankingLoss of one row, of zeros and of NaN is what it must be", async () => {
  const loss = new MultipleNegativesSymmetricRankingLoss({ scale: 1000 });
  await assertEdges(await testGpu(), loss, { B: 5, C: 8, columns: 2 });
});

Deno.test("MultipleNegativesSymmetricRankingLoss has the name and the options of upstream", () => {
  const loss = new MultipleNegativesSymmetricRankingLoss();
  assertEquals(loss.name, "MultipleNegativesSymmetricRankingLoss");
  assertEquals(loss.config, { scale: 20, similarity_fct: "cos_sim" });
  assertEquals(loss.smoothsLabels, false);
  assertEquals(loss.citation.startsWith("@misc{guenther2024jina,"), true);
});

Deno.test("MultipleNegativesSymmetricRankingLoss refuses options without sense, and single texts", () => {
  const create = (options: unknown) =>
    new MultipleNegativesSymmetricRankingLoss(
      options as MultipleNegativesSymmetricRankingLossOptions,
    );
  const start = "Cannot set up MultipleNegativesSymmetricRankingLoss: ";
  assertThrows(() => create({ scale: 0 }), UsageError, `${start}scale is 0: wanted a number`);
  assertThrows(
    () => create({ directions: [] }),
    UsageError,
    `${start}it has no option "directions"`,
  );
  const loss = new MultipleNegativesSymmetricRankingLoss();
  loss.checkColumns(["anchor", "positive"]);
  assertThrows(
    () => loss.checkColumns(["text"]),
    UsageError,
    'Cannot train with MultipleNegativesSymmetricRankingLoss: found as text columns "text", wanted anchor, positive',
  );
});

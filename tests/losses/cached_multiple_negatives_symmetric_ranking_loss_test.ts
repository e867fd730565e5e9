import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import {
  CachedMultipleNegativesSymmetricRankingLoss,
  type CachedMultipleNegativesSymmetricRankingLossOptions,
} from "../../src/losses/cached_multiple_negatives_symmetric_ranking_loss.ts";
import { MultipleNegativesSymmetricRankingLoss } from "../../src/losses/multiple_negatives_symmetric_ranking_loss.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { assertEdges, runLoss } from "../support/ranking_checks.ts";

Deno.test("CachedMultipleNegativesSymmetricRankingLoss has value and gradient of MultipleNegativesSymmetricRankingLoss, bit for bit", async () => {
  const batch = { B: 20, C: 12, columns: 3 };
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const options of [{}, { scale: 5, similarity_fct: "dot_score" }] as const) {
      const cached = new CachedMultipleNegativesSymmetricRankingLoss({
        ...options,
        mini_batch_size: 4,
      });
      const expected = await runLoss(
        gpu,
        new MultipleNegativesSymmetricRankingLoss(options),
        batch,
      );
      assertEquals(await runLoss(gpu, cached, batch), expected);
      seen++;
    }
  }
  assertEquals(seen, 2 * 2);
});

Deno.test("CachedMultipleNegativesSymmetricRankingLoss of one row, of zeros and of NaN is what it must be", async () => {
  await assertEdges(await testGpu(), new CachedMultipleNegativesSymmetricRankingLoss(), {
    B: 5,
    C: 8,
    columns: 2,
  });
});

Deno.test("CachedMultipleNegativesSymmetricRankingLoss asks for the parts that its options say", () => {
  const wanted = (options: CachedMultipleNegativesSymmetricRankingLossOptions) =>
    new CachedMultipleNegativesSymmetricRankingLoss(options).wants.cache;
  assertEquals(wanted({}), { miniBatchSize: 32, miniBatchTokens: null });
  assertEquals(wanted({ mini_batch_size: 1, mini_batch_num_tokens: 4096 }), {
    miniBatchSize: 1,
    miniBatchTokens: 4096,
  });
});

Deno.test("CachedMultipleNegativesSymmetricRankingLoss has the name and the options of upstream", () => {
  const loss = new CachedMultipleNegativesSymmetricRankingLoss();
  assertEquals(loss.name, "CachedMultipleNegativesSymmetricRankingLoss");
  assertEquals(loss.config, {
    scale: 20,
    similarity_fct: "cos_sim",
    mini_batch_size: 32,
    mini_batch_num_tokens: null,
  });
  assertEquals(loss.citation.startsWith("@misc{gao2021scaling,"), true);
});

Deno.test("CachedMultipleNegativesSymmetricRankingLoss refuses options without sense, and single texts", () => {
  const create = (options: unknown) =>
    new CachedMultipleNegativesSymmetricRankingLoss(
      options as CachedMultipleNegativesSymmetricRankingLossOptions,
    );
  const start = "Cannot set up CachedMultipleNegativesSymmetricRankingLoss: ";
  for (const mini_batch_size of [0, 1.5, "32", null]) {
    assertThrows(
      () => create({ mini_batch_size }),
      UsageError,
      `${start}mini_batch_size is ${
        JSON.stringify(mini_batch_size)
      }: wanted a whole number from 1 on`,
    );
  }
  for (const mini_batch_num_tokens of [0, "1"]) {
    assertThrows(
      () => create({ mini_batch_num_tokens }),
      UsageError,
      `${start}mini_batch_num_tokens is ${
        JSON.stringify(mini_batch_num_tokens)
      }: wanted a whole number`,
    );
  }
  assertThrows(
    () => create({ directions: [] }),
    UsageError,
    `${start}it has no option "directions"`,
  );
  assertEquals(create({}).smoothsLabels, false);
  const loss = new CachedMultipleNegativesSymmetricRankingLoss();
  loss.checkColumns(["anchor", "positive", "negative_1", "negative_2"]);
  assertThrows(
    () => loss.checkColumns(["text"]),
    UsageError,
    'Cannot train with CachedMultipleNegativesSymmetricRankingLoss: found as text columns "text", wanted anchor, positive',
  );
});

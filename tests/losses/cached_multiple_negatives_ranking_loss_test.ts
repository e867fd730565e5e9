import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import {
  CachedMultipleNegativesRankingLoss,
  type CachedMultipleNegativesRankingLossOptions,
} from "../../src/losses/cached_multiple_negatives_ranking_loss.ts";
import { MultipleNegativesRankingLoss } from "../../src/losses/multiple_negatives_ranking_loss.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { assertEdges, runLoss } from "../support/ranking_checks.ts";

Deno.test("CachedMultipleNegativesRankingLoss has value and gradient of MultipleNegativesRankingLoss, bit for bit", async () => {
  const batch = { B: 20, C: 12, columns: 3 };
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (
      const options of [{}, {
        directions: ["query_to_doc", "doc_to_doc"],
        hardness_mode: "all_negatives",
        hardness_strength: 3,
      }] as const
    ) {
      const cached = new CachedMultipleNegativesRankingLoss({ ...options, mini_batch_size: 4 });
      const expected = await runLoss(gpu, new MultipleNegativesRankingLoss(options), batch);
      assertEquals(await runLoss(gpu, cached, batch), expected);
      seen++;
    }
  }
  assertEquals(seen, 2 * 2);
});

Deno.test("CachedMultipleNegativesRankingLoss of one row, of zeros and of NaN is what it must be", async () => {
  await assertEdges(await testGpu(), new CachedMultipleNegativesRankingLoss(), {
    B: 5,
    C: 8,
    columns: 2,
  });
});

Deno.test("CachedMultipleNegativesRankingLoss asks for the parts that its options say", () => {
  const wanted = (options: CachedMultipleNegativesRankingLossOptions) =>
    new CachedMultipleNegativesRankingLoss(options).wants.cache;
  assertEquals(wanted({}), { miniBatchSize: 32, miniBatchTokens: null });
  assertEquals(wanted({ mini_batch_size: 1, mini_batch_num_tokens: 4096 }), {
    miniBatchSize: 1,
    miniBatchTokens: 4096,
  });
});

Deno.test("CachedMultipleNegativesRankingLoss has the name and the options of upstream", () => {
  const loss = new CachedMultipleNegativesRankingLoss();
  assertEquals(loss.name, "CachedMultipleNegativesRankingLoss");
  assertEquals(loss.config, {
    scale: 20,
    similarity_fct: "cos_sim",
    directions: ["query_to_doc"],
    partition_mode: "joint",
    hardness_mode: null,
    hardness_strength: 0,
    mini_batch_size: 32,
    mini_batch_num_tokens: null,
  });
  assertEquals(loss.citation.startsWith("@misc{gao2021scaling,"), true);
});

Deno.test("CachedMultipleNegativesRankingLoss refuses options without sense, and single texts", () => {
  const create = (options: unknown) =>
    new CachedMultipleNegativesRankingLoss(options as CachedMultipleNegativesRankingLossOptions);
  const start = "Cannot set up CachedMultipleNegativesRankingLoss: ";
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
  assertThrows(() => create({ directions: [] }), UsageError, "At least one direction");
  assertEquals(create({}).smoothsLabels, true);
  assertEquals(create({ directions: ["query_to_doc", "doc_to_query"] }).smoothsLabels, false);
  const loss = new CachedMultipleNegativesRankingLoss();
  loss.checkColumns(["anchor", "positive", "negative_1", "negative_2"]);
  assertThrows(
    () => loss.checkColumns(["text"]),
    UsageError,
    'Cannot train with CachedMultipleNegativesRankingLoss: found as text columns "text", wanted anchor, positive',
  );
});

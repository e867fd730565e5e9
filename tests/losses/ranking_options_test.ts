import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { lossOptions } from "../../src/losses/loss_options.ts";
import {
  CACHE_TYPES,
  cacheOf,
  checkDirections,
  RANKING_DIRECTIONS,
  RANKING_TYPES,
  SIMILARITY_TYPES,
  SYMMETRIC,
} from "../../src/losses/ranking_options.ts";

const GIVEN = lossOptions("X", RANKING_TYPES, {});

Deno.test("RANKING_TYPES, SIMILARITY_TYPES and CACHE_TYPES have upstream's defaults", () => {
  assertEquals(lossOptions("X", SIMILARITY_TYPES, {}), { scale: 20, similarity_fct: "cos_sim" });
  assertEquals(GIVEN, {
    scale: 20,
    similarity_fct: "cos_sim",
    directions: ["query_to_doc"],
    partition_mode: "joint",
    hardness_mode: null,
    hardness_strength: 0,
  });
  assertEquals(lossOptions("X", CACHE_TYPES, {}), {
    mini_batch_size: 32,
    mini_batch_num_tokens: null,
  });
});

Deno.test("checkDirections() returns what fits", () => {
  const every = { ...GIVEN, directions: [...RANKING_DIRECTIONS] };
  assertEquals(checkDirections("X", every), every);
  assertEquals(RANKING_DIRECTIONS.length, 4);
  const symmetric = { ...GIVEN, ...SYMMETRIC };
  assertEquals(checkDirections("X", symmetric), symmetric);
});

Deno.test("checkDirections() refuses none, unknown ones, and those without the positive", () => {
  const cases: [string[], string][] = [
    [[], "At least one direction must be specified."],
    [["query_to_docs"], 'Invalid directions: "query_to_docs"; known are query_to_doc, '],
    [["doc_to_doc"], "'query_to_doc' direction is required (contains the positive pair)."],
    [["query_to_doc", "query_to_query"], "partition_mode='per_direction' requires"],
  ];
  for (const [directions, message] of cases) {
    assertThrows(
      () => checkDirections("X", { ...GIVEN, directions, partition_mode: "per_direction" }),
      UsageError,
      message,
    );
  }
});

Deno.test("cacheOf() names the size of a part as the trainer does", () => {
  assertEquals(cacheOf({ mini_batch_size: 3, mini_batch_num_tokens: 5 }), {
    miniBatchSize: 3,
    miniBatchTokens: 5,
  });
});

import { assertEquals } from "@std/assert";
import { GRAD_CACHE_CITATION, rankingCitation } from "../../src/losses/ranking_citation.ts";
import { RANKING_DIRECTIONS, type RankingDirection } from "../../src/losses/ranking_options.ts";

Deno.test("rankingCitation() names the paper that uses the directions", () => {
  const cited = (
    directions: readonly RankingDirection[],
    partition_mode: "joint" | "per_direction" = "joint",
  ) => /^@misc\{(\w+),\n/.exec(rankingCitation({ directions, partition_mode }))?.[1];
  assertEquals(cited(["query_to_doc"]), "henderson2017efficient");
  assertEquals(cited(["query_to_doc", "doc_to_query"]), "henderson2017efficient");
  assertEquals(cited(["query_to_doc"], "per_direction"), "henderson2017efficient");
  assertEquals(cited(["query_to_doc", "doc_to_query"], "per_direction"), "guenther2024jina");
  assertEquals(cited(RANKING_DIRECTIONS.toReversed()), "li2023towards");
});

Deno.test("GRAD_CACHE_CITATION is BibTeX", () => {
  assertEquals(/^@misc\{gao2021scaling,\n[^]+\n\}$/.test(GRAD_CACHE_CITATION), true);
});

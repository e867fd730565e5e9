import { assertEquals, assertThrows } from "@std/assert";
import { lossesOf } from "../../src/cli/losses_of.ts";
import { UsageError } from "../../src/errors.ts";
import type { Loss } from "../../src/losses/loss.ts";

Deno.test("lossesOf() creates the loss of all datasets, in-batch ranking by default", () => {
  assertEquals(lossesOf([]).name, "MultipleNegativesRankingLoss");
  const loss = lossesOf(['MultipleNegativesRankingLoss:{"scale": 5}']) as Loss;
  assertEquals(loss.config.scale, 5);
});

Deno.test("lossesOf() creates a loss for each dataset", () => {
  const losses = lossesOf([
    "all-nli=MultipleNegativesRankingLoss",
    'my.pairs=MultipleNegativesRankingLoss:{"scale": 5, "similarity_fct": "dot_score"}',
  ]) as Record<string, Loss>;
  assertEquals(Object.keys(losses), ["all-nli", "my.pairs"]);
  const { scale, similarity_fct } = losses["my.pairs"].config;
  assertEquals([scale, similarity_fct], [5, "dot_score"]);
});

Deno.test("lossesOf() refuses a mixture, a second loss, and what is unknown", () => {
  const name = "MultipleNegativesRankingLoss";
  const cases: [string[], string][] = [
    [[name, `a=${name}`], `"${name}" names no dataset beside others that do`],
    [[name, name], `"${name}" names no dataset beside others that do`],
    [[`a=${name}`, `a=${name}`], 'dataset "a" has two'],
    [["a=MultipleNegativeRankingLoss"], "the nearest is"],
    [[`a=${name}:{`], "Cannot read options of loss"],
  ];
  for (const [texts, message] of cases) assertThrows(() => lossesOf(texts), UsageError, message);
});

import { assertEquals, assertThrows } from "@std/assert";
import { ScoreFunctions } from "../../src/evaluators/score_functions.ts";
import type { Similarity } from "../../src/evaluators/similarity.ts";
import { FakeEmbedder } from "./fake_embedder.ts";

Deno.test("ScoreFunctions: an open choice is the first embedder's, cosine until then", () => {
  const open = new ScoreFunctions({});
  assertEquals(open.names, ["cosine"]);
  assertEquals(open.resolve(new FakeEmbedder([], "dot")), ["dot"]);
  assertEquals(open.names, ["dot"]);
  assertEquals(open.resolve(new FakeEmbedder([], "manhattan")), ["dot"]);
});

Deno.test("ScoreFunctions: a choice made stays, and a main one alone is a choice", () => {
  const two = new ScoreFunctions({
    scoreFunctions: ["euclidean", "dot"],
    mainScoreFunction: "dot",
  });
  assertEquals(two.resolve(new FakeEmbedder([])), ["euclidean", "dot"]);
  assertEquals(two.main, "dot");
  const one = new ScoreFunctions({ mainScoreFunction: "manhattan" });
  assertEquals(one.resolve(new FakeEmbedder([])), ["manhattan"]);
});

Deno.test("ScoreFunctions: refuses unknown, repeated and contradictory ones", () => {
  const make = (scoreFunctions: string[], main?: string) => () =>
    new ScoreFunctions({
      scoreFunctions: scoreFunctions as Similarity[],
      mainScoreFunction: main as Similarity,
    });
  assertThrows(make(["cos"]), RangeError, "[cos]: wanted different ones of cosine, dot");
  assertThrows(make(["dot", "dot"]), RangeError, "[dot, dot]");
  assertThrows(make(["dot"], "cosine"), RangeError, "[dot] with mainScoreFunction cosine");
});

import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../src/errors.ts";
import { retrievalTask } from "../../src/evaluators/retrieval_task.ts";

Deno.test("retrievalTask: leaves out the queries without a relevant document", () => {
  const task = retrievalTask({
    queries: new Map([["q1", "one"], ["q2", "two"], ["q3", "three"]]),
    corpus: new Map([["d1", "first"], ["d2", "second"]]),
    relevant: new Map([["q3", new Set(["d1"])], ["q2", new Set()], ["q1", new Set(["d2", "d9"])]]),
  });
  assertEquals(task.queryTexts, ["one", "three"]);
  assertEquals(task.relevant, [new Set(["d2", "d9"]), new Set(["d1"])]);
  assertEquals(task.corpusIds, ["d1", "d2"]);
  assertEquals(task.corpusTexts, ["first", "second"]);
});

Deno.test("retrievalTask: refuses a task without queries or documents", () => {
  const queries = new Map([["q", "text"]]);
  const corpus = new Map([["d", "text"]]);
  const relevant = new Map([["q", new Set(["d"])]]);
  assertThrows(
    () => retrievalTask({ queries, corpus, relevant: new Map() }),
    InputError,
    "found 0 queries with a relevant document (of 1) and 1 documents",
  );
  assertThrows(
    () => retrievalTask({ queries, corpus: new Map(), relevant }),
    InputError,
    "found 1 queries with a relevant document (of 1) and 0 documents",
  );
});

Deno.test("retrievalTask: documents stand in the order of their ids, by code points", () => {
  const ids = ["d10", "d1", "\u{1f600}", "\uffee", "d2", "", "\u{1f601}"];
  const { corpusIds, corpusTexts } = retrievalTask({
    queries: new Map([["q", "query"]]),
    corpus: new Map(ids.map((id) => [id, `text ${id}`])),
    relevant: new Map([["q", new Set(["d1"])]]),
  });
  assertEquals(corpusIds, ["", "d1", "d10", "d2", "\uffee", "\u{1f600}", "\u{1f601}"]);
  assertEquals(corpusTexts, corpusIds.map((id) => `text ${id}`));
});

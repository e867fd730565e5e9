import { assert, assertEquals } from "@std/assert";
import { columnWarnings } from "../../src/data/column_warnings.ts";
import { Dataset } from "../../src/data/dataset.ts";

function warningsOf(...columns: string[]): string[] {
  const texts = new Map(columns.map((column) => [column, ["x"]]));
  return columnWarnings(new Dataset({ name: "pairs", texts }));
}

Deno.test("columnWarnings() is silent about usual columns", () => {
  const usual = [
    ["anchor", "positive", "negative"],
    ["anchor", "positive", "negative_1", "negative_2"],
    ["question", "answer"],
    ["query", "response", "extra"],
    ["hypothesis", "entailment", "contradiction"],
    ["sentence1", "sentence2"],
    ["idea", "identity"],
  ];
  for (const columns of usual) assertEquals(warningsOf(...columns), []);
});

Deno.test("columnWarnings() names a column that is not where it usually is", () => {
  assertEquals(warningsOf("positive", "anchor"), [
    'Column "positive" of dataset "pairs" is input 1, a column of this name is usually input 2: ' +
    "losses take columns by their order, not by their names; choose it, as --columns anchor,positive",
  ]);
  const moved: [string[], string][] = [
    [["title", "anchor", "positive"], '"anchor" of dataset "pairs" is input 2, a column of this'],
    [["anchor", "negative"], '"negative" of dataset "pairs" is input 2'],
    [["answer", "question"], '"answer" of dataset "pairs" is input 1'],
    [["response", "query"], '"response" of dataset "pairs" is input 1'],
    [
      ["hypothesis", "contradiction", "entailment"],
      '"contradiction" of dataset "pairs" is input 2',
    ],
  ];
  for (const [columns, message] of moved) {
    const warnings = warningsOf(...columns);
    assertEquals(warnings.length, 1);
    assert(warnings[0].includes(message), warnings[0]);
  }
});

Deno.test("columnWarnings() names every column that looks like ids", () => {
  for (const column of ["id", "idx", "query_id", "doc_ids", "row_idx"]) {
    const [warning, ...others] = warningsOf("text", column);
    assertEquals(others, []);
    assert(warning.includes(`Column "${column}" of dataset "pairs" looks like a column of ids`));
    assert(warning.includes("input 2"));
  }
  assertEquals(warningsOf("id", "query_id").length, 2);
});

Deno.test("columnWarnings() names a column that looks like labels and is not theirs", () => {
  for (const column of ["score", "scores", "labels"]) {
    const [warning, ...others] = warningsOf("a", "b", column);
    const wanted = `Column "${column}" of dataset "pairs" looks like a column of labels, and is`;
    assertEquals([warning.slice(0, wanted.length), others], [wanted, []]);
  }
});

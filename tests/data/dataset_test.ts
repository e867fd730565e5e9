import { assertEquals, assertThrows } from "@std/assert";
import { Dataset, datasetFromRows } from "../../src/data/dataset.ts";
import { InputError } from "../../src/errors.ts";

const rows = [
  { question: "q0", answer: "a0", score: 0.5 },
  { question: "q1", answer: "a1", score: 1 },
];
const options = { name: "pairs", source: "pairs.jsonl" };

Deno.test("dataset: columns in the order of the first row, label column apart", () => {
  const dataset = datasetFromRows([rows[0], { score: 1, answer: "a1", question: "q1" }], options);
  assertEquals(dataset.name, "pairs");
  assertEquals(dataset.columns, ["question", "answer"]);
  assertEquals(dataset.length, 2);
  assertEquals(dataset.text("question"), ["q0", "q1"]);
  assertEquals(dataset.text("answer"), ["a0", "a1"]);
  assertEquals(dataset.labels, [0.5, 1]);
  assertEquals(dataset.labelColumn, "score");
});

Deno.test("dataset: without a label column there are no labels", () => {
  const dataset = datasetFromRows([{ anchor: "a", positive: "" }], options);
  assertEquals(dataset.labels, null);
  assertEquals(dataset.labelColumn, null);
  assertEquals(dataset.text("positive"), [""]);
});

Deno.test("dataset: of several label columns the first of label, labels, score, scores counts", () => {
  for (const [found, label] of [["score label", "label"], ["scores labels", "labels"]]) {
    const row = Object.fromEntries(found.split(" ").map((column) => [column, "1"]));
    assertEquals(datasetFromRows([row], options).labelColumn, label);
  }
});

Deno.test("dataset: labels may be numbers as text, and arrays of numbers", () => {
  assertEquals(datasetFromRows([{ a: "x", label: " 3 " }], options).labels, [3]);
  assertEquals(datasetFromRows([{ a: "x", scores: [1, -2.5] }], options).labels, [[1, -2.5]]);
  for (const label of ["", "three", null, true, Infinity, [], [1, "2"], {}]) {
    assertThrows(
      () => datasetFromRows([{ a: "x", label }], options),
      InputError,
      'Cannot read row 1 of pairs.jsonl: label column "label" is ',
    );
  }
});

Deno.test("dataset: labels of different shapes are refused", () => {
  assertThrows(
    () => datasetFromRows([{ a: "x", label: 1 }, { a: "y", label: [1] }], options),
    InputError,
    'row 2 of pairs.jsonl: label column "label" is an array of length 1, in the first row it is a number',
  );
});

Deno.test("dataset: a column map selects, renames and orders, and keeps the label", () => {
  const columnMap = { positive: "answer", anchor: "question" };
  const dataset = datasetFromRows(rows, { ...options, columnMap });
  assertEquals(dataset.columns, ["positive", "anchor"]);
  assertEquals(dataset.text("anchor"), ["q0", "q1"]);
  assertEquals(dataset.labels, [0.5, 1]);
  const one = datasetFromRows(rows, { ...options, columnMap: { text: "answer" } });
  assertEquals(one.columns, ["text"]);
});

Deno.test("dataset: a column map may name the label, over one that is there", () => {
  const row = { text: "x", rating: 4, label: 0 };
  const columnMap = { text: "text", score: "rating" };
  const dataset = datasetFromRows([row], { ...options, columnMap });
  assertEquals(dataset.labels, [4]);
  assertEquals(dataset.labelColumn, "score");
  assertEquals(dataset.columns, ["text"]);
});

Deno.test("dataset: a column map to an unknown column lists the known ones", () => {
  assertThrows(
    () => datasetFromRows(rows, { ...options, columnMap: { anchor: "query" } }),
    InputError,
    'Cannot read column "query" of pairs.jsonl: found "question", "answer", "score"',
  );
});

Deno.test("dataset: a missing column names row, source, column and what was found", () => {
  const bad = { anchor: "c", postive: "d" };
  assertThrows(
    () =>
      datasetFromRows([{ anchor: "a", positive: "b" }, bad], { ...options, lineNumbers: [1, 17] }),
    InputError,
    'Cannot read row 17 of pairs.jsonl: column "positive" is missing; found "anchor", "postive"',
  );
});

Deno.test("dataset: a column that the first row lacks is refused, not dropped", () => {
  assertThrows(
    () => datasetFromRows([{ a: "x" }, { a: "y", negative: "z" }], options),
    InputError,
    'row 2 of pairs.jsonl: column "negative" is not in the first row; found there "a"',
  );
});

Deno.test("dataset: a value that is not a text is refused", () => {
  for (const value of [7, null, true, ["x"], { a: 1 }, undefined]) {
    assertThrows(
      () => datasetFromRows([{ anchor: "a", positive: value }], options),
      InputError,
      `row 1 of pairs.jsonl: column "positive" is ${JSON.stringify(value)}, wanted a text`,
    );
  }
});

Deno.test("dataset: no rows and no text columns are refused", () => {
  assertThrows(() => datasetFromRows([], options), InputError, "pairs.jsonl: it has no rows");
  assertThrows(
    () => datasetFromRows([{ label: 1 }], { name: "only labels" }),
    InputError,
    'Cannot read only labels: it has no text column; found "label"',
  );
});

Deno.test("dataset: select takes rows in the order given", () => {
  const selected = datasetFromRows(rows, options).select(Uint32Array.of(1, 0, 1));
  assertEquals(selected.name, "pairs");
  assertEquals(selected.length, 3);
  assertEquals(selected.text("answer"), ["a1", "a0", "a1"]);
  assertEquals(selected.labels, [1, 0.5, 1]);
  assertEquals(selected.labelColumn, "score");
  assertEquals(selected.select([]).length, 0);
});

Deno.test("dataset: select refuses what is not a row", () => {
  for (const row of [-1, 2, 0.5]) {
    assertThrows(
      () => datasetFromRows(rows, options).select([row]),
      RangeError,
      `Cannot select row ${row} of dataset "pairs": it has 2 rows`,
    );
  }
});

Deno.test("dataset: an unknown column lists the known ones", () => {
  assertThrows(
    () => datasetFromRows(rows, options).text("score"),
    RangeError,
    'Cannot read column "score" of dataset "pairs": found "question", "answer"',
  );
});

Deno.test("dataset: columns and labels of different lengths are refused", () => {
  const texts = new Map([["a", ["x", "y"]], ["b", ["z"]]]);
  assertThrows(() => new Dataset({ name: "n", texts }), RangeError, 'column "b" has 1 rows');
  assertThrows(
    () => new Dataset({ name: "n", texts: new Map([["a", ["x"]]]), labels: [1, 2] }),
    RangeError,
    'column "label" has 2 rows, column "a" has 1',
  );
  assertThrows(
    () => new Dataset({ name: "n", texts: new Map() }),
    RangeError,
    "it has no text column",
  );
});

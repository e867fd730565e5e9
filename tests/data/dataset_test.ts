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
      () =>
        datasetFromRows([{ anchor: "a", positive: value }], {
          ...options,
          dropOtherColumns: false,
        }),
      InputError,
      `row 1 of pairs.jsonl: column "positive" is ${JSON.stringify(value)}, wanted a text`,
    );
  }
});

Deno.test("dataset: a column that holds no texts is left out and named", () => {
  for (const value of [7, true, ["x"], { a: 1 }]) {
    const rows = [{ anchor: "a", other: value, positive: "b" }, { anchor: "c", positive: "d" }];
    const dataset = datasetFromRows(rows, options);
    assertEquals(dataset.columns, ["anchor", "positive"]);
    assertEquals(dataset.droppedColumns, ["other"]);
    assertEquals(dataset.select([1]).droppedColumns, ["other"]);
  }
  const late = datasetFromRows([{ a: "x" }, { a: "y", meta: {} }, { a: "z", meta: [] }], options);
  assertEquals(late.droppedColumns, ["meta"]);
});

Deno.test("dataset: a missing value, a later one and one of a column map are not left out", () => {
  const refused: [Record<string, unknown>[], object, string][] = [
    [[{ a: "x", b: null }], {}, 'row 1 of pairs.jsonl: column "b" is null, wanted a text'],
    [[{ a: "x", b: "y" }, { a: "x", b: 3 }], {}, 'row 2 of pairs.jsonl: column "b" is 3'],
    [[{ a: "x", b: 3 }], { columnMap: { b: "b" } }, 'column "b" is 3, wanted a text'],
    [[{ a: "x" }, { a: "x", b: null }], {}, 'row 2 of pairs.jsonl: column "b" is not in the first'],
    [
      [{ a: "x" }, { a: "x", b: 3 }],
      { dropOtherColumns: false },
      'row 2 of pairs.jsonl: column "b" is not in the first row; found there "a"',
    ],
    [[{ a: 1, b: 2 }], {}, 'it has no text column; found "a", "b"'],
  ];
  for (const [rows, more, message] of refused) {
    assertThrows(() => datasetFromRows(rows, { ...options, ...more }), InputError, message);
  }
});

Deno.test("dataset: label columns may be named", () => {
  const row = { label: "a text", rating: 4, a: "x" };
  const dataset = datasetFromRows([row], { ...options, labelColumns: ["stars", "rating"] });
  assertEquals([dataset.columns, dataset.labelColumn, dataset.labels], [["label", "a"], "rating", [
    4,
  ]]);
  const none = datasetFromRows([row], { ...options, labelColumns: [] });
  assertEquals([none.labels, none.droppedColumns], [null, ["rating"]]);
});

Deno.test("dataset: a length column becomes lengths and no text column", () => {
  const rows = [{ a: "x", length: 3, label: 1 }, { a: "y", length: " 12 ", label: 0 }];
  const named = { ...options, lengthColumn: "length" };
  const dataset = datasetFromRows(rows, named);
  assertEquals([...Array.from(dataset.lengths!)], [3, 12]);
  assertEquals([dataset.columns, dataset.droppedColumns], [["a"], []]);
  assertEquals([...Array.from(dataset.select([1, 1]).lengths!)], [12, 12]);
  const mapped = datasetFromRows(rows, { ...named, columnMap: { text: "a" } });
  assertEquals([mapped.columns, mapped.lengths], [["text"], [3, 12]]);
  assertEquals(datasetFromRows([{ a: "x" }], named).lengths, null);
  assertEquals(datasetFromRows([rows[0]], options).droppedColumns, ["length"]);
  for (const length of [-1, 1.5, "", "long", null, [3]]) {
    assertThrows(
      () => datasetFromRows([{ a: "x", length }], named),
      InputError,
      `row 1 of pairs.jsonl: length column "length" is ${JSON.stringify(length)}, wanted a whole`,
    );
  }
});

Deno.test("dataset: reserved column names are refused, unless a column map renames them", () => {
  for (const column of ["return_loss", "dataset_name"]) {
    assertThrows(
      () => datasetFromRows([{ a: "x", [column]: "y" }], options),
      InputError,
      `The following column names are invalid in your pairs dataset: ['${column}']. ` +
        "Avoid using these column names, as they are reserved for internal use.",
    );
    const columnMap = { text: column };
    assertEquals(datasetFromRows([{ [column]: "y" }], { ...options, columnMap }).columns, ["text"]);
  }
});

Deno.test("dataset: select of a column that is no array leaves the texts where they are", () => {
  const asked: number[] = [];
  const texts = {
    length: 3,
    at: (row: number) => `text ${asked.push(row) && row}`,
    *[Symbol.iterator]() {},
  };
  let closed = 0;
  const dataset = new Dataset({ name: "n", texts: new Map([["a", texts]]), close: () => closed++ });
  const selected = dataset.select([2, 0]);
  assertEquals(asked, []);
  assertEquals([...selected.text("a")], ["text 2", "text 0"]);
  selected.close();
  assertEquals(closed, 0);
  dataset.close();
  assertEquals(closed, 1);
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
    () => new Dataset({ name: "n", texts: new Map([["a", ["x"]]]), lengths: [1, 2] }),
    RangeError,
    'the column of lengths has 2 rows, column "a" has 1',
  );
  assertThrows(
    () => new Dataset({ name: "n", texts: new Map() }),
    RangeError,
    "it has no text column",
  );
});

Deno.test("dataset: one that is made of columns may not have reserved names either", () => {
  for (const column of ["return_loss", "dataset_name"]) {
    const texts = new Map([["anchor", ["a"]], [column, ["b"]]]);
    const refusal = `Cannot make dataset "pairs": The following column names are invalid in your ` +
      `pairs dataset: ['${column}']. Avoid using these column names`;
    assertThrows(() => new Dataset({ name: "pairs", texts }), InputError, refusal);
    assertThrows(
      () =>
        new Dataset({
          name: "pairs",
          texts: new Map([["anchor", ["a"]]]),
          labels: [1],
          labelColumn: column,
        }),
      InputError,
      refusal,
    );
    assertThrows(
      () => datasetFromRows([{ anchor: "a", [column]: "b" }], { name: "pairs" }),
      InputError,
      `are invalid in your pairs dataset: ['${column}']`,
    );
  }
});

Deno.test("dataset: what classes are called stays with the labels", () => {
  const texts = new Map([["text", ["x", "y", "z"]]]);
  const parts = { name: "d", texts, labels: [1, 0, 1], classNames: ["no", "yes"] };
  const dataset = new Dataset(parts);
  for (const same of [dataset, dataset.select([2, 0]), dataset.renamed("e")]) {
    assertEquals(same.classNames, ["no", "yes"]);
  }
  assertEquals(new Dataset({ ...parts, labels: null }).classNames, null);
  assertEquals(new Dataset({ ...parts, classNames: undefined }).classNames, null);
});

import { assertEquals, assertThrows } from "@std/assert";
import { type ColumnType, columnTypesOf, planColumns } from "../../src/data/column_plan.ts";
import { InputError } from "../../src/errors.ts";

const options = { name: "pairs", source: "pairs.parquet" };
const types = new Map<string, ColumnType>([
  ["a", { kind: "text", name: "STRING" }],
  ["when", { kind: "other", name: "DATE" }],
  ["b", { kind: "text", name: "STRING" }],
  ["score", { kind: "number", name: "DOUBLE" }],
  ["n", { kind: "number", name: "INT64" }],
]);

Deno.test("planColumns() takes texts, a label and a length, and leaves the rest out", () => {
  assertEquals(planColumns(types, { ...options, lengthColumn: "n" }), {
    texts: [["a", "a"], ["b", "b"]],
    label: ["score", "score"],
    length: ["n", "n"],
    dropped: ["when"],
  });
  assertEquals(planColumns(types, options).dropped, ["when", "n"]);
});

Deno.test("planColumns() finds label and length beside a column map, and in it", () => {
  const beside = planColumns(types, { ...options, columnMap: { text: "b" }, lengthColumn: "n" });
  assertEquals(beside, {
    texts: [["text", "b"]],
    label: ["score", "score"],
    length: ["n", "n"],
    dropped: [],
  });
  const columnMap = { text: "b", label: "n", size: "score" };
  const within = planColumns(types, { ...options, columnMap, lengthColumn: "size" });
  assertEquals([within.label, within.length], [["label", "n"], ["size", "score"]]);
});

Deno.test("planColumns() does not use one column as label and as length", () => {
  const plan = planColumns(types, { ...options, lengthColumn: "score" });
  assertEquals([plan.label, plan.length], [["score", "score"], null]);
});

Deno.test("planColumns() names the type of a column that cannot be read", () => {
  const refused: [object, string][] = [
    [{ columnMap: { a: "when" } }, 'column "when" of pairs.parquet: its type is DATE, wanted str'],
    [{ columnMap: { a: "n" } }, 'column "n" of pairs.parquet: its type is INT64, wanted strings'],
    [{ dropOtherColumns: false }, 'column "when" of pairs.parquet: its type is DATE'],
    [{ labelColumns: ["when"] }, "its type is DATE, wanted numbers, booleans or lists of numbers"],
    [{ lengthColumn: "when" }, "its type is DATE, wanted whole numbers"],
  ];
  for (const [more, message] of refused) {
    assertThrows(() => planColumns(types, { ...options, ...more }), InputError, message);
  }
});

Deno.test("columnTypesOf() takes for a text what is one or is missing", () => {
  const row = { a: "x", b: null, c: undefined, d: 1, e: true, f: [], g: {} };
  const kinds = [...columnTypesOf(row)].map(([column, { kind }]) => [column, kind]);
  assertEquals(kinds, [
    ["a", "text"],
    ["b", "text"],
    ["c", "text"],
    ["d", "other"],
    ["e", "other"],
    ["f", "other"],
    ["g", "other"],
  ]);
});

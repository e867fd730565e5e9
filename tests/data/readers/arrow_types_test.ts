import { assertEquals } from "@std/assert";
import {
  Dictionary,
  Field,
  FixedSizeList,
  Float16,
  Int16,
  LargeUtf8,
  List,
  Null,
  Utf8,
} from "apache-arrow";
import { arrowTypes } from "../../../src/data/readers/arrow_types.ts";
import { arrowTable } from "../../support/arrow_tables.ts";

Deno.test("arrowTypes() takes strings for texts, numbers and lists of them for numbers", () => {
  const { schema } = arrowTable({
    a: { utf8: ["x"] },
    b: { dictionary: ["x"] },
    c: { int64: [1] },
    d: { float32: [1] },
    e: { bool: [true] },
    f: { lists: [[1]] },
    g: { structs: [{ x: 1 }] },
  });
  assertEquals([...arrowTypes(schema.fields)], [
    ["a", { kind: "text", name: "Utf8" }],
    ["b", { kind: "text", name: "Dictionary<Int32, Utf8>" }],
    ["c", { kind: "number", name: "Int64" }],
    ["d", { kind: "number", name: "Float32" }],
    ["e", { kind: "number", name: "Bool" }],
    ["f", { kind: "number", name: "List<Float32>" }],
    ["g", { kind: "other", name: "Struct<{x:Float64}>" }],
  ]);
  const fields = [
    new Field("a", new LargeUtf8()),
    new Field("b", new Float16()),
    new Field("c", new FixedSizeList(2, new Field("item", new Int16()))),
    new Field("d", new List(new Field("item", new Utf8()))),
    new Field("e", new Dictionary(new Int16(), new Int16() as never)),
    new Field("f", new Null()),
  ];
  assertEquals([...arrowTypes(fields).values()].map(({ kind }) => kind), [
    "text",
    "number",
    "number",
    "other",
    "other",
    "other",
  ]);
});

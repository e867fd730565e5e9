import { assertEquals } from "@std/assert";
import { parquetMetadata, type SchemaElement } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import { parquetTypes } from "../../../src/data/readers/parquet_types.ts";

Deno.test("parquetTypes() tells texts from numbers from the rest, and names the type", () => {
  const leaves: [Partial<SchemaElement>, string, string][] = [
    [{ type: "BYTE_ARRAY", converted_type: "UTF8" }, "text", "UTF8"],
    [{ type: "BYTE_ARRAY", logical_type: { type: "STRING" } }, "text", "STRING"],
    [{ type: "BOOLEAN" }, "number", "BOOLEAN"],
    [{ type: "INT32" }, "number", "INT32"],
    [{ type: "INT64" }, "number", "INT64"],
    [{ type: "INT32", converted_type: "UINT_8" }, "number", "UINT_8"],
    [{ type: "FLOAT" }, "number", "FLOAT"],
    [{ type: "DOUBLE" }, "number", "DOUBLE"],
    [{ type: "BYTE_ARRAY" }, "other", "BYTE_ARRAY"],
    [{ type: "BYTE_ARRAY", converted_type: "JSON" }, "other", "JSON"],
    [{ type: "INT32", converted_type: "DATE" }, "other", "DATE"],
    [{ type: "INT64", converted_type: "TIMESTAMP_MILLIS" }, "other", "TIMESTAMP_MILLIS"],
  ];
  const types = parquetTypes({
    schema: [
      { name: "root", num_children: leaves.length + 4 },
      ...leaves.map(([element], index) => ({ name: `c${index}`, ...element })),
      { name: "floats", converted_type: "LIST", num_children: 1 },
      { name: "list", repetition_type: "REPEATED", num_children: 1 },
      { name: "element", type: "FLOAT" },
      { name: "strings", converted_type: "LIST", num_children: 1 },
      { name: "list", repetition_type: "REPEATED", num_children: 1 },
      { name: "element", type: "BYTE_ARRAY", converted_type: "UTF8" },
      { name: "group", num_children: 1 },
      { name: "x", type: "FLOAT" },
      { name: "old", type: "FLOAT", repetition_type: "REPEATED" },
    ],
  });
  assertEquals([...types.keys()].slice(0, 2), ["c0", "c1"]);
  assertEquals([...types.values()], [
    ...leaves.map(([, kind, name]) => ({ kind, name })),
    { kind: "number", name: "a list of FLOAT" },
    { kind: "other", name: "a list of UTF8" },
    { kind: "other", name: "a group of columns" },
    { kind: "other", name: "repeated FLOAT" },
  ] as unknown[]);
});

Deno.test("parquetTypes() reads what a writer wrote", () => {
  const buffer = parquetWriteBuffer({
    columnData: [
      { name: "b", data: ["x"], type: "STRING" },
      { name: "a", data: [1.5], type: "DOUBLE" },
      { name: "t", data: [new Date(0)], type: "TIMESTAMP" },
    ],
  });
  const types = parquetTypes(parquetMetadata(buffer));
  assertEquals([...types].map(([name, { kind }]) => [name, kind]), [
    ["b", "text"],
    ["a", "number"],
    ["t", "other"],
  ]);
});

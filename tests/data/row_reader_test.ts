import { assertEquals, assertThrows } from "@std/assert";
import type { RowsOptions } from "../../src/data/dataset.ts";
import { RowReader } from "../../src/data/row_reader.ts";
import { InputError } from "../../src/errors.ts";

const options = { name: "pairs", source: "pairs.jsonl", lengthColumn: "n" };

Deno.test("RowReader gives texts in the order of the first row, and keeps labels and lengths", () => {
  const reader = new RowReader(options);
  assertEquals(reader.read({ a: "x", n: 2, label: 1, b: "y" }, 1), ["x", "y"]);
  assertEquals(reader.read({ b: "w", label: 0, a: "v", n: 3 }, 2), ["v", "w"]);
  assertEquals(reader.sourceColumns, ["a", "b", "label", "n"]);
  const columns = [["x", "v"], ["y", "w"]];
  assertEquals(reader.parts(columns), {
    name: "pairs",
    texts: new Map([["a", columns[0]], ["b", columns[1]]]),
    labels: [1, 0],
    labelColumn: "label",
    lengths: [2, 3],
    droppedColumns: [],
  });
});

Deno.test("RowReader names the row it was told", () => {
  const reader = new RowReader(options);
  reader.read({ a: "x" }, 1);
  assertThrows(
    () => reader.read({ a: 7 }, 12),
    InputError,
    'Cannot read row 12 of pairs.jsonl: column "a" is 7, wanted a text',
  );
});

Deno.test("RowReader knows the columns beforehand if it is told their types", () => {
  const reader = new RowReader(options, new Map([["a", { kind: "text", name: "STRING" }]]));
  assertEquals(reader.sourceColumns, ["a"]);
  assertThrows(() => reader.checkNotEmpty(), InputError, "pairs.jsonl: it has no rows");
  assertThrows(() => reader.parts([[]]), InputError, "pairs.jsonl: it has no rows");
  assertThrows(() => reader.read({ a: null }, 1), InputError, 'row 1 of pairs.jsonl: column "a"');
});

Deno.test("RowReader refuses to end without a row", () => {
  const reader = new RowReader(options);
  assertThrows(() => reader.plan, InputError, "Cannot read pairs.jsonl: it has no rows");
  assertThrows(() => reader.sourceColumns, InputError, "it has no rows");
});

Deno.test("RowReader keeps what the classes of the label column are called", () => {
  const types = new Map(
    [
      ["a", { kind: "text", name: "STRING" }],
      ["kind", { kind: "number", name: "INT64" }],
    ] as const,
  );
  const names = new Map([["kind", ["no", "yes"]], ["a", ["x"]]]);
  const namesOf = (options: Partial<RowsOptions>) => {
    const reader = new RowReader({ name: "d", ...options }, types, names);
    reader.read({ a: "x", kind: 1 }, 1);
    return reader.parts([["x"]]).classNames ?? null;
  };
  assertEquals(namesOf({ columnMap: { a: "a", label: "kind" } }), ["no", "yes"]);
  assertEquals(namesOf({ labelColumns: ["kind"] }), ["no", "yes"]);
  assertEquals(namesOf({}), null);
});

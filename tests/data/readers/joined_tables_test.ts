import { assertEquals, assertThrows } from "@std/assert";
import type { ColumnType } from "../../../src/data/column_plan.ts";
import { JoinedTables } from "../../../src/data/readers/joined_tables.ts";
import { InputError } from "../../../src/errors.ts";

function part(path: string, types: Record<string, string>, ...batches: string[][]) {
  const kinds = Object.entries(types).map(([column, name]): [string, ColumnType] => [
    column,
    { kind: "text", name },
  ]);
  const table = {
    types: new Map(kinds),
    classNames: new Map([["label", [path]]]),
    async *batches() {
      let line = 0;
      for (const texts of batches) {
        await Promise.resolve();
        yield {
          rows: texts.map((a) => ({ a })),
          lineNumbers: texts.map(() => ++line),
        };
      }
    },
  };
  return { path, table };
}

Deno.test("JoinedTables gives the rows of one table after those of the other, numbered on", async () => {
  const joined = new JoinedTables([
    part("x", { a: "Utf8" }, ["p"], ["q"]),
    part("y", { a: "Utf8", b: "Utf8" }),
    part("z", { a: "Utf8" }, ["r", "s"]),
  ]);
  assertEquals([...joined.types.keys()], ["a"]);
  assertEquals([...joined.classNames], [["label", ["x"]]]);
  const rows: [unknown, number][] = [];
  for await (const batch of joined.batches(["a"])) {
    batch.rows.forEach(({ a }, i) => rows.push([a, batch.lineNumbers[i]]));
  }
  assertEquals(rows, [["p", 1], ["q", 2], ["r", 3], ["s", 4]]);
});

Deno.test("JoinedTables refuses tables of other columns", () => {
  const first = part("x", { a: "Utf8" });
  const refused = (types: Record<string, string>, message: string) =>
    assertThrows(() => new JoinedTables([first, part("y", types)]), InputError, message);
  refused({ b: "Utf8" }, 'Cannot read y: column "a" is missing, wanted Utf8 as in x');
  refused({ a: "Int64" }, 'Cannot read y: the type of column "a" is Int64, wanted Utf8 as in x');
});

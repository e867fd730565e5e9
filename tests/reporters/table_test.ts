import { assertEquals, assertThrows } from "@std/assert";
import { formatTable } from "../../src/reporters/table.ts";

Deno.test("formatTable: first column left, numbers right with four decimals", () => {
  const table = formatTable(["metric", "before", "after", "bm25"], [
    ["cosine_mrr@10", 0.0911, 0.591, "-"],
    ["steps", "0", "1,191", 12.5],
  ]);
  assertEquals(
    table,
    [
      "metric         before   after     bm25",
      "-------------  ------  ------  -------",
      "cosine_mrr@10  0.0911  0.5910        -",
      "steps               0   1,191  12.5000",
    ].join("\n"),
  );
});

Deno.test("formatTable: alignment and decimals as asked, nothing behind the last cell", () => {
  const table = formatTable(["n", "name"], [[1, "é"], [22.25, "longer"]], {
    align: ["right", "left"],
    digits: 1,
  });
  assertEquals(table, ["   n  name", "----  ------", " 1.0  é", "22.3  longer"].join("\n"));
});

Deno.test("formatTable: code points are counted, not code units", () => {
  assertEquals(formatTable(["a", "b"], [["𝒳𝒴", "1"]]).split("\n")[2], "𝒳𝒴  1");
});

Deno.test("formatTable: a header alone is a table", () => {
  assertEquals(formatTable(["a", "bc"], []), "a  bc\n-  --");
});

Deno.test("formatTable: as many cells and alignments as columns", () => {
  assertThrows(
    () => formatTable(["a", "b"], [["x", 1], ["y"]]),
    RangeError,
    "2 columns: found 1 cells in a row, wanted 2",
  );
  assertThrows(
    () => formatTable(["a"], [], { align: ["left", "right"] }),
    RangeError,
    "found 2 alignments",
  );
});

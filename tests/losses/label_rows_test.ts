import { assertEquals, assertThrows } from "@std/assert";
import { labelRows } from "../../src/losses/label_rows.ts";
import { Tape } from "../../src/ops/tape.ts";
import { testGpu } from "../support/gpu.ts";
import { columnRanges } from "../support/run_loss.ts";

Deno.test("labelRows() looks at labels as rows, without a copy", async () => {
  const gpu = await testGpu();
  const tape = new Tape(gpu);
  const embeddings = tape.empty([4, 4], "x");
  const labels = tape.upload([6], Float32Array.of(1, 2, 3, 4, 5, 6), "labels");
  const batch = { embeddings, columns: columnRanges(2, 2), labels };
  const rows = labelRows("X", batch);
  assertEquals(rows.shape, [2, 3]);
  assertEquals(rows.allocation, labels.allocation);
  assertEquals([...await gpu.read(rows)], [1, 2, 3, 4, 5, 6]);
  tape.end();
});

Deno.test("labelRows() refuses no labels, and rows of different lengths", async () => {
  const tape = new Tape(await testGpu());
  const embeddings = tape.empty([4, 4], "x");
  const columns = columnRanges(1, 4);
  assertThrows(
    () => labelRows("X", { embeddings, columns, labels: null }),
    TypeError,
    "Cannot run X: the batch has no labels",
  );
  assertThrows(
    () => labelRows("X", { embeddings, columns, labels: tape.empty([6], "labels") }),
    TypeError,
    "Cannot run X: found 6 labels for 4 rows",
  );
  tape.end();
});

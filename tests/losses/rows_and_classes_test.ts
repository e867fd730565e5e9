import { assertEquals, assertThrows } from "@std/assert";
import { rowsAndClasses } from "../../src/losses/rows_and_classes.ts";
import { Tape } from "../../src/ops/tape.ts";
import { testGpu } from "../support/gpu.ts";
import { columnRanges } from "../support/run_loss.ts";

Deno.test("rowsAndClasses() takes rows as they are, or of length 1 for cosines", async () => {
  const gpu = await testGpu();
  const tape = new Tape(gpu);
  const embeddings = tape.upload([1, 4], Float32Array.of(3, 0, 4, 0), "embeddings");
  const labels = tape.upload([1], Float32Array.of(7), "labels");
  const batch = { embeddings, columns: columnRanges(1, 1), labels };
  const of = (distance_metric: string) =>
    rowsAndClasses(tape, batch, { name: "X", config: { distance_metric } });
  const plain = of("euclidean_distance");
  assertEquals([plain.x === embeddings, plain.labels === labels], [true, true]);
  assertEquals(plain.distance, "euclidean");
  const unit = of("cosine_distance");
  assertEquals([unit.distance, unit.labels === labels], ["cosine", true]);
  assertEquals(await gpu.read(unit.x), Float32Array.of(3 / 5, 0, 4 / 5, 0));
  assertThrows(
    () => rowsAndClasses(tape, { ...batch, labels: null }, { name: "X", config: {} }),
    TypeError,
    "Cannot run X: the batch has no labels",
  );
  tape.end();
});

import { assertEquals, assertThrows } from "@std/assert";
import { requiredLabels } from "../../src/losses/required_labels.ts";
import { Tape } from "../../src/ops/tape.ts";
import { testGpu } from "../support/gpu.ts";
import { columnRanges } from "../support/run_loss.ts";

Deno.test("requiredLabels() gives the labels of a batch, or says that they are missing", async () => {
  const tape = new Tape(await testGpu());
  const embeddings = tape.empty([2, 4], "embeddings");
  const labels = tape.empty([2], "labels");
  const batch = { embeddings, columns: columnRanges(1, 2), labels };
  assertEquals(requiredLabels("X", batch) === labels, true);
  assertThrows(
    () => requiredLabels("X", { ...batch, labels: null }),
    TypeError,
    "Cannot run X: the batch has no labels, wanted one a row",
  );
  tape.end();
});

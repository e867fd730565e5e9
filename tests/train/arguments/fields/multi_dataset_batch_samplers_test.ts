import { assertEquals } from "@std/assert";
import { MultiDatasetBatchSamplers } from "../../../../src/train/arguments/fields/multi_dataset_batch_samplers.ts";

Deno.test("MultiDatasetBatchSamplers names the samplers of upstream", () => {
  const names: MultiDatasetBatchSamplers[] = Object.values(MultiDatasetBatchSamplers);
  assertEquals(names, ["round_robin", "proportional"]);
  assertEquals(Object.keys(MultiDatasetBatchSamplers), ["ROUND_ROBIN", "PROPORTIONAL"]);
});

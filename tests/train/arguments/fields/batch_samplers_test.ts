import { assertEquals } from "@std/assert";
import { BatchSamplers } from "../../../../src/train/arguments/fields/batch_samplers.ts";

Deno.test("BatchSamplers names the samplers of upstream", () => {
  const names: BatchSamplers[] = Object.values(BatchSamplers);
  assertEquals(names, ["batch_sampler", "no_duplicates", "no_duplicates_hashed", "group_by_label"]);
  assertEquals(Object.keys(BatchSamplers), names.map((name) => name.toUpperCase()));
});

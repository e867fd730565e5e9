import { assertEquals } from "@std/assert";
import { batchesFields } from "../../../../src/train/arguments/fields/batches.ts";
import { assertRange, defaultsOf, namesOf } from "./records.ts";

Deno.test("batchesFields have the defaults of upstream", () => {
  assertEquals(defaultsOf(batchesFields), {
    per_device_train_batch_size: 8,
    per_device_eval_batch_size: 8,
    per_gpu_train_batch_size: null,
    per_gpu_eval_batch_size: null,
    gradient_accumulation_steps: 1,
    batch_sampler: "batch_sampler",
    multi_dataset_batch_sampler: "proportional",
    dataloader_drop_last: false,
    dataloader_num_workers: 0,
    dataloader_persistent_workers: false,
    dataloader_pin_memory: true,
    auto_find_batch_size: false,
    group_by_length: false,
    length_column_name: "length",
    remove_unused_columns: true,
    label_names: null,
    past_index: -1,
  });
});

Deno.test("batchesFields take what is in range", () => {
  assertRange(batchesFields.per_device_train_batch_size, [1, 64], [0, -8, 1.5, null]);
  assertRange(batchesFields.per_gpu_eval_batch_size, [1, null], [0]);
  assertRange(batchesFields.gradient_accumulation_steps, [1, 4], [0]);
  assertRange(batchesFields.batch_sampler, [
    "no_duplicates",
    "no_duplicates_hashed",
    "group_by_label",
  ], [
    "noduplicates",
  ]);
  assertRange(batchesFields.dataloader_num_workers, [0, 2, 128], [-1, 129]);
  assertRange(batchesFields.label_names, [["label"], [], null], ["label", [1]]);
});

Deno.test("batchesFields say what is not honoured", () => {
  assertEquals(namesOf(batchesFields, "refused"), ["past_index"]);
  assertEquals(namesOf(batchesFields, "inert"), ["dataloader_pin_memory"]);
  assertEquals(namesOf(batchesFields, "alias"), [
    "per_gpu_train_batch_size",
    "per_gpu_eval_batch_size",
  ]);
  assertEquals(namesOf(batchesFields, "partly"), []);
});

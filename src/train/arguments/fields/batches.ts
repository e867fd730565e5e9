/**
 * The arguments about how rows are grouped into batches and brought to the model.
 *
 * @module
 */
import { z } from "zod";
import { effect, type Field, field } from "../field.ts";
import { upstreamEnum } from "../upstream_enum.ts";
import { BatchSamplers } from "./batch_samplers.ts";
import { MultiDatasetBatchSamplers } from "./multi_dataset_batch_samplers.ts";

const samplers = Object.values(BatchSamplers);
const multiDatasetSamplers = Object.values(MultiDatasetBatchSamplers);

/** Each worker is a thread with a tokenizer of its own. */
const MOST_WORKERS = 128;

/** The records, by upstream name. */
export const batchesFields = {
  per_device_train_batch_size: field({
    schema: z.int().min(1),
    default: 8,
    unit: "rows",
    doc: "Rows in one training batch.",
    support: effect,
  }) as Field<number>,
  per_device_eval_batch_size: field({
    schema: z.int().min(1),
    default: 8,
    unit: "rows",
    doc: "Rows in one evaluation batch.",
    support: effect,
  }) as Field<number>,
  per_gpu_train_batch_size: field({
    schema: z.int().min(1).nullable(),
    default: null,
    unit: "rows",
    doc: "The older name of per_device_train_batch_size.",
    support: { kind: "alias", of: "per_device_train_batch_size" },
  }) as Field<number | null>,
  per_gpu_eval_batch_size: field({
    schema: z.int().min(1).nullable(),
    default: null,
    unit: "rows",
    doc: "The older name of per_device_eval_batch_size.",
    support: { kind: "alias", of: "per_device_eval_batch_size" },
  }) as Field<number | null>,
  gradient_accumulation_steps: field({
    schema: z.int().min(1),
    default: 1,
    unit: "batches",
    doc: "Batches whose gradients are averaged for one optimizer step. A loss that compares rows " +
      "of a batch still sees one batch at a time.",
    support: effect,
  }) as Field<number>,
  batch_sampler: field({
    schema: z.enum(samplers),
    default: "batch_sampler",
    doc: "How batches form: at random, with no text twice (also by hashes), or with at least two " +
      "rows of each label.",
    support: effect,
    upstreamError: upstreamEnum("BatchSamplers", samplers),
  }) as Field<BatchSamplers>,
  multi_dataset_batch_sampler: field({
    schema: z.enum(multiDatasetSamplers),
    default: "proportional",
    doc: "Order of batches of several data sets: in turn until one ends, or in proportion to size.",
    support: effect,
    upstreamError: upstreamEnum("MultiDatasetBatchSamplers", multiDatasetSamplers),
  }) as Field<MultiDatasetBatchSamplers>,
  dataloader_drop_last: field({
    schema: z.boolean(),
    default: false,
    doc: "Whether a last batch with fewer rows is left out.",
    support: effect,
  }) as Field<boolean>,
  dataloader_num_workers: field({
    schema: z.int().min(0).max(MOST_WORKERS),
    default: 0,
    unit: "workers",
    doc: "Workers that prepare batches beside the main thread.",
    support: effect,
  }) as Field<number>,
  dataloader_persistent_workers: field({
    schema: z.boolean(),
    default: false,
    doc: "Whether workers outlive an epoch; needs dataloader_num_workers.",
    support: effect,
  }) as Field<boolean>,
  dataloader_pin_memory: field({
    schema: z.boolean(),
    default: true,
    doc: "Whether batches are put in page-locked memory.",
    support: { kind: "inert", note: "WebGPU manages the memory that uploads go through" },
  }) as Field<boolean>,
  auto_find_batch_size: field({
    schema: z.boolean(),
    default: false,
    doc: "Whether training starts again with a smaller batch where memory does not suffice.",
    support: effect,
  }) as Field<boolean>,
  group_by_length: field({
    schema: z.boolean(),
    default: false,
    doc: "Whether rows of similar length share a batch; upstream ignores it.",
    support: effect,
  }) as Field<boolean>,
  length_column_name: field({
    schema: z.string().nullable(),
    default: "length",
    doc:
      "The column with the lengths of the rows, for group_by_length; without it they are counted.",
    support: effect,
  }) as Field<string | null>,
  remove_unused_columns: field({
    schema: z.boolean().nullable(),
    default: true,
    doc: "Whether columns that the model does not take are dropped; upstream ignores it.",
    support: effect,
  }) as Field<boolean | null>,
  label_names: field({
    schema: z.array(z.string()).nullable(),
    default: null,
    doc: "The columns that may hold labels, the first that is there does; null means label, " +
      "labels, score, scores. Upstream ignores it.",
    support: effect,
  }) as Field<string[] | null>,
  past_index: field({
    schema: z.int(),
    default: -1,
    doc: "The model output that is handed on to the next step.",
    support: {
      kind: "refused",
      reason: "no embedding model has such an output",
      instead: "leave it at -1",
    },
  }) as Field<number>,
};

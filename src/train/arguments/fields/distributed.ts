/**
 * The arguments about training with several processes.
 *
 * @module
 */
import { z } from "zod";
import { type Field, field, type Inert, notBuilt, type Refused } from "../field.ts";
import type { LogLevel } from "./logging.ts";

const severalProcesses: Refused = {
  kind: "refused",
  reason: `training with several processes is ${notBuilt}`,
  instead: "leave it unset and train with one",
};

const sharding: Refused = {
  kind: "refused",
  reason: "meaningless on WebGPU: it shards the model over processes of PyTorch",
  instead: "leave it unset",
};

const withFsdp: Inert = { kind: "inert", note: "read only with fsdp, which is refused" };
const oneProcess: Inert = { kind: "inert", note: "there is one process" };

/** The records, by upstream name. */
export const distributedFields = {
  local_rank: field({
    schema: z.int().min(-1),
    default: -1,
    doc: "The number of this process on its machine; -1 means that it is alone.",
    support: { ...severalProcesses, kind: "partly", values: [-1, 0] },
  }) as Field<number>,
  ddp_backend: field({
    schema: z.enum(["nccl", "mpi", "ccl", "gloo", "hccl"]).nullable(),
    default: null,
    doc: "How processes talk to each other.",
    support: severalProcesses,
  }) as Field<string | null>,
  ddp_find_unused_parameters: field({
    schema: z.boolean().nullable(),
    default: null,
    doc: "Whether processes look for parameters without gradient before they add gradients up.",
    support: severalProcesses,
  }) as Field<boolean | null>,
  ddp_bucket_cap_mb: field({
    schema: z.int().min(1).nullable(),
    default: null,
    unit: "MB",
    doc: "How many gradients processes exchange at once.",
    support: severalProcesses,
  }) as Field<number | null>,
  ddp_broadcast_buffers: field({
    schema: z.boolean().nullable(),
    default: null,
    doc: "Whether processes share what a model holds beside its parameters.",
    support: { ...severalProcesses, kind: "partly", values: [null, false] },
  }) as Field<boolean | null>,
  ddp_timeout: field({
    schema: z.int().min(1).nullable(),
    default: 1800,
    unit: "seconds",
    doc: "How long processes wait for each other.",
    support: oneProcess,
  }) as Field<number | null>,
  fsdp: field({
    schema: z.union([z.string(), z.array(z.string())]).nullable(),
    default: "",
    doc: "How parameters, gradients and optimizer state are sharded over processes.",
    support: { ...sharding, kind: "partly", values: ["", [], null] },
  }) as Field<string | string[] | null>,
  fsdp_config: field({
    schema: z.union([z.string(), z.record(z.string(), z.unknown())]).nullable(),
    default: null,
    doc: "Settings of fsdp, or the JSON file that holds them.",
    support: withFsdp,
  }) as Field<string | Record<string, unknown> | null>,
  fsdp_min_num_params: field({
    schema: z.int().min(0),
    default: 0,
    unit: "parameters",
    doc: "From which size on fsdp wraps a layer.",
    support: withFsdp,
  }) as Field<number>,
  fsdp_transformer_layer_cls_to_wrap: field({
    schema: z.string().nullable(),
    default: null,
    doc: "The class of layers that fsdp wraps.",
    support: withFsdp,
  }) as Field<string | null>,
  deepspeed: field({
    schema: z.union([z.string(), z.record(z.string(), z.unknown())]).nullable(),
    default: null,
    doc: "Settings of DeepSpeed, or the JSON file that holds them.",
    support: sharding,
  }) as Field<string | Record<string, unknown> | null>,
  dispatch_batches: field({
    schema: z.boolean().nullable(),
    default: null,
    doc: "Whether one process reads the batches of all.",
    support: oneProcess,
  }) as Field<boolean | null>,
  split_batches: field({
    schema: z.boolean().nullable(),
    default: false,
    doc: "Whether the batch size is that of all processes together.",
    support: oneProcess,
  }) as Field<boolean | null>,
  save_on_each_node: field({
    schema: z.boolean(),
    default: false,
    doc: "Whether checkpoints are saved on each machine.",
    support: oneProcess,
  }) as Field<boolean>,
  log_on_each_node: field({
    schema: z.boolean(),
    default: true,
    doc: "Whether each machine logs.",
    support: oneProcess,
  }) as Field<boolean>,
  log_level_replica: field({
    schema: z.enum(["debug", "info", "warning", "error", "critical", "passive"]).nullable(),
    default: "warning",
    doc: "The log_level of processes other than the first.",
    support: oneProcess,
  }) as Field<LogLevel | null>,
  mp_parameters: field({
    schema: z.string(),
    default: "",
    doc: "Settings of SageMaker's model parallelism.",
    support: sharding,
  }) as Field<string>,
  ray_scope: field({
    schema: z.string().nullable(),
    default: "last",
    doc: "Which result of a trial counts in a hyper-parameter search by Ray.",
    support: { kind: "inert", note: "there is no hyper-parameter search by Ray" },
  }) as Field<string | null>,
};

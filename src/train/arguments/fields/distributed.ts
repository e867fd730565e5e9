/**
 * The arguments about training with several processes.
 *
 * @module
 */
import { z } from "zod";
import { effect, type Field, field, notBuilt, type Refused } from "../field.ts";
import { refusesDeepspeed, refusesFsdp } from "../sharding.ts";
import { optionsOf, upstreamEnums } from "../upstream_enum.ts";
import type { LogLevel } from "./logging.ts";

const sharding: Refused = {
  kind: "refused",
  reason: `sharding of parameters is ${notBuilt}`,
  instead: 'leave it unset, or use fsdp="shard_grad_op" for the optimizer',
};

const fsdpOptions = [
  "full_shard",
  "shard_grad_op",
  "no_shard",
  "hybrid_shard",
  "hybrid_shard_zero2",
  "offload",
  "auto_wrap",
];
const unknownFsdpOption = upstreamEnums("FSDPOption", fsdpOptions);

/** Source: `TrainingArguments.__post_init__` of transformers. */
function fsdpError(value: string | string[] | null): string | null {
  const options = optionsOf(value);
  if (options.length === 1 && options[0] === "offload") {
    return "`--fsdp offload` can't work on its own. It needs to be added to `--fsdp full_shard` or " +
      '`--fsdp shard_grad_op`. For example, `--fsdp "full_shard offload"`.';
  }
  if (options.includes("full_shard") && options.includes("shard_grad_op")) {
    return "`--fsdp full_shard` is not compatible with `--fsdp shard_grad_op`.";
  }
  return unknownFsdpOption(value);
}

/** What upstream makes of no configuration, and writes into its files. */
const emptyFsdpConfigs = [
  {},
  { min_num_params: 0 },
  { min_num_params: 0, xla: false, xla_fsdp_grad_ckpt: false },
  { min_num_params: 0, xla: false, xla_fsdp_v2: false, xla_fsdp_grad_ckpt: false },
];

/** The records, by upstream name. */
export const distributedFields = {
  local_rank: field({
    schema: z.int().min(-1),
    default: -1,
    doc:
      "The number of this process on its machine, which the launcher decides: -1 accepts it, another " +
      "number must be the same.",
    support: effect,
  }) as Field<number>,
  ddp_backend: field({
    schema: z.enum(["nccl", "mpi", "ccl", "gloo", "hccl"]).nullable(),
    default: null,
    doc: "How processes talk to each other: by MPI, whatever its network.",
    support: {
      kind: "partly",
      values: [null, "mpi"],
      reason: "processes talk through MPI",
      instead: 'use "mpi", or leave it unset',
    },
  }) as Field<string | null>,
  ddp_find_unused_parameters: field({
    schema: z.boolean().nullable(),
    default: null,
    doc: "Whether processes look for parameters without gradient before they add gradients up.",
    support: { kind: "inert", note: "a parameter without gradient counts as one with gradient 0" },
  }) as Field<boolean | null>,
  ddp_bucket_cap_mb: field({
    schema: z.int().min(1).nullable(),
    default: null,
    unit: "MB",
    doc: "How many gradients processes exchange at once; null means 25.",
    support: effect,
  }) as Field<number | null>,
  ddp_broadcast_buffers: field({
    schema: z.boolean().nullable(),
    default: null,
    doc: "Whether processes share what a model holds beside its parameters.",
    support: {
      kind: "partly",
      values: [null, false],
      reason: "there are none: models hold parameters alone",
      instead: "leave it unset",
    },
  }) as Field<boolean | null>,
  ddp_timeout: field({
    schema: z.int().min(1).nullable(),
    default: 1800,
    unit: "seconds",
    doc: "How long processes wait for each other before the job ends; null means 1800.",
    support: effect,
  }) as Field<number | null>,
  fsdp: field({
    schema: z.union([z.string(), z.array(z.string())]).nullable(),
    default: "",
    doc:
      "What is divided among processes: with shard_grad_op the optimizer's state; gradients and " +
      "parameters are whole on each.",
    support: effect,
    check: fsdpError,
    refuses: refusesFsdp,
  }) as Field<string | string[] | null>,
  fsdp_config: field({
    schema: z.union([z.string(), z.record(z.string(), z.unknown())]).nullable(),
    default: null,
    doc: "Settings of fsdp, or the JSON file that holds them.",
    support: { ...sharding, kind: "partly", values: [null, ...emptyFsdpConfigs] },
  }) as Field<string | Record<string, unknown> | null>,
  fsdp_min_num_params: field({
    schema: z.int().min(0),
    default: 0,
    unit: "parameters",
    doc: "From which size on fsdp wraps a layer.",
    support: sharding,
  }) as Field<number>,
  fsdp_transformer_layer_cls_to_wrap: field({
    schema: z.string().nullable(),
    default: null,
    doc: "The class of layers that fsdp wraps.",
    support: sharding,
  }) as Field<string | null>,
  deepspeed: field({
    schema: z.union([z.string(), z.record(z.string(), z.unknown())]).nullable(),
    default: null,
    doc:
      "Settings of DeepSpeed as an object: ZeRO stages 1 and 2 divide the optimizer's state among " +
      'processes; other settings must be "auto".',
    support: effect,
    refuses: refusesDeepspeed,
  }) as Field<string | Record<string, unknown> | null>,
  dispatch_batches: field({
    schema: z.boolean().nullable(),
    default: null,
    doc:
      "Whether the first process alone reads training rows, and sends each batch to the others; null " +
      "means false.",
    support: effect,
  }) as Field<boolean | null>,
  split_batches: field({
    schema: z.boolean().nullable(),
    default: false,
    doc: "Whether the batch size is that of all processes together.",
    support: effect,
  }) as Field<boolean | null>,
  save_on_each_node: field({
    schema: z.boolean(),
    default: false,
    doc:
      "Whether checkpoints are saved by the first process of each machine, where machines have no " +
      "directory in common.",
    support: effect,
  }) as Field<boolean>,
  log_on_each_node: field({
    schema: z.boolean(),
    default: true,
    doc: "Whether the first process of each machine logs; false for the first of all alone.",
    support: effect,
  }) as Field<boolean>,
  log_level_replica: field({
    schema: z.enum(["debug", "info", "warning", "error", "critical", "passive"]).nullable(),
    default: "warning",
    doc: "The log_level of processes that do not log.",
    support: effect,
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
    support: {
      kind: "refused",
      reason: "there is no hyper-parameter search by Ray",
      instead: 'leave it at "last"',
    },
  }) as Field<string | null>,
};

/**
 * What the arguments `fsdp` and `deepspeed` mean here.
 *
 * @module
 */
import { optionsOf } from "./upstream_enum.ts";

/** Why a setting of sharding is not honoured, and what to do. */
const LEAVE = "use shard_grad_op, or ZeRO stage 1 or 2, which divide the optimizer's state";

/** Options of fsdp that are honoured: `auto_wrap` says how layers are wrapped, which nothing needs. */
const HONOURED = ["shard_grad_op", "no_shard", "auto_wrap"];

/** Settings of ZeRO that say how fast it is, not what it does. */
const TUNING =
  /^(overlap_comm|reduce_scatter|contiguous_gradients|round_robin_gradients|allgather_partitions|.*_bucket_size)$/;

/** Settings that the Trainer fills in from its own arguments where they are "auto". */
const AUTOMATIC =
  /^(train_batch_size|train_micro_batch_size_per_gpu|gradient_accumulation_steps|gradient_clipping|fp16|bf16|optimizer|scheduler)$/;

/**
 * Finds what of `fsdp` is not honoured.
 *
 * @param value Its value.
 * @returns `REASON; WHAT TO USE INSTEAD`, or null.
 */
export function refusesFsdp(value: string | readonly string[] | null): string | null {
  const refused = optionsOf(value).find((option) => !HONOURED.includes(option));
  return refused === undefined
    ? null
    : `"${refused}" divides parameters among processes or moves them to the host, which is not built; ${LEAVE}`;
}

/**
 * Finds what of `deepspeed` is not honoured.
 *
 * @param value Its value.
 * @returns `REASON; WHAT TO USE INSTEAD`, or null.
 */
export function refusesDeepspeed(value: string | Record<string, unknown> | null): string | null {
  if (value === null) return null;
  if (typeof value === "string") {
    return `found the file "${value}", wanted its content; give the JSON object that it holds`;
  }
  for (const [key, setting] of Object.entries(value)) {
    if (key === "zero_optimization") continue;
    if (!AUTOMATIC.test(key)) return `"${key}" means nothing here; leave it out`;
    if (!isAutomatic(setting)) {
      return `"${key}" is not "auto"; set it to "auto", and the argument of the trainer`;
    }
  }
  const { stage = 0, ...settings } = (value.zero_optimization ?? {}) as Record<string, unknown>;
  if (stage !== 0 && stage !== 1 && stage !== 2) {
    return `zero_optimization.stage is ${JSON.stringify(stage)}; ${LEAVE}`;
  }
  const refused = Object.keys(settings).find((key) => !TUNING.test(key));
  return refused === undefined ? null : `zero_optimization.${refused} is not built; leave it out`;
}

/**
 * Whether the optimizer's state is to be divided among processes.
 *
 * @param args The two arguments, of which nothing is refused.
 * @returns Whether it is.
 */
export function shardsOptimizer(
  { fsdp, deepspeed }: {
    readonly fsdp: string | readonly string[] | null;
    readonly deepspeed: string | Record<string, unknown> | null;
  },
): boolean {
  const { zero_optimization = {} } = (deepspeed ?? {}) as {
    zero_optimization?: { stage?: number };
  };
  return optionsOf(fsdp).includes("shard_grad_op") || (zero_optimization.stage ?? 0) > 0;
}

/** "auto", off, or an object of such. */
function isAutomatic(value: unknown): boolean {
  if (typeof value !== "object" || value === null) {
    return value === "auto" || value === false;
  }
  return Object.values(value).every(isAutomatic);
}

/**
 * Arguments that only later versions upstream have.
 *
 * @module
 */
import { UsageError } from "../../errors.ts";
import type { Leniency } from "./leniency.ts";
import { snakeCase } from "./snake_case.ts";

/**
 * Names that versions of transformers after 4.37, up to 5.18, and of sentence-transformers after 3.0, up
 * to 6.1, gave to new arguments that this version has not; those that it has are not among them.
 */
export const LATER_ONLY: ReadonlySet<string> = new Set([
  "accelerator_config",
  "average_tokens_across_devices",
  "batch_eval_metrics",
  "dataloader_in_order",
  "dataloader_multiprocessing_context",
  "dataloader_prefetch_factor",
  "ddp_static_graph",
  "enable_jit_checkpoint",
  "eval_do_concat_batches",
  "eval_on_start",
  "eval_use_gather_object",
  "hub_revision",
  "include_for_metrics",
  "liger_kernel_config",
  "optim_target_modules",
  "parallelism_config",
  "project",
  "restore_callback_states_from_checkpoint",
  "router_mapping",
  "torch_empty_cache_steps",
  "tp_size",
  "trackio_bucket_id",
  "trackio_space_id",
  "trackio_static_space_id",
  "train_sampling_strategy",
  "use_cache",
  "use_liger_kernel",
]);

/**
 * Finds an argument that only later versions upstream have.
 *
 * @param spelling a name in snake_case, kebab-case or camelCase
 * @returns the upstream name, or `null` where it is none of those
 */
export function laterOnlyName(spelling: string): string | null {
  const name = snakeCase(spelling);
  return LATER_ONLY.has(name) ? name : null;
}

/**
 * Refuses such an argument, whatever its value; where lenient, with a warning.
 *
 * @param name its upstream name
 * @param leniency whether the argument is ignored
 * @throws {UsageError} unless lenient
 */
export function refuseLaterOnly(name: string, { lenient = false, warn }: Leniency = {}): void {
  const refusal = `Cannot set ${name}: a later version of the original has it; this one does not`;
  if (!lenient) throw new UsageError(`${refusal}; leave it out`);
  warn?.(`${refusal}; it is ignored`, name);
}

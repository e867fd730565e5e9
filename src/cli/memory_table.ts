/**
 * A plan of memory for people.
 *
 * @module
 */
import { formatMegabytes } from "../reporters/format_megabytes.ts";
import { formatTable } from "../reporters/table.ts";
import type { MemoryPlan } from "../train/memory_plan.ts";
import type { MemorySaving } from "../train/memory_savings.ts";

/**
 * Lays a plan out: what takes how much, then what would lower it.
 *
 * @param plan The plan.
 * @param savings Changes that take less.
 * @returns Lines without a line break at the end.
 */
export function memoryTable(plan: MemoryPlan, savings: readonly MemorySaving[]): string {
  const { rows, tokens } = plan.batch;
  const table = formatTable(["memory on the GPU", "MB"], [
    ["parameters", formatMegabytes(plan.parameters)],
    ["gradients", formatMegabytes(plan.gradients)],
    ["optimizer", formatMegabytes(plan.optimizer)],
    [`activations, ${rows} rows of ${tokens} tokens`, formatMegabytes(plan.activations)],
    ...plan.textures === 0 ? [] : [["copies of operands", formatMegabytes(plan.textures)]],
    ["in all", formatMegabytes(plan.total)],
  ]);
  const lines = savings.map(({ change, total }) =>
    `with ${change}: ${formatMegabytes(total)} MB (${formatMegabytes(plan.total - total)} MB less)`
  );
  const all = formatMegabytes(plan.total + plan.kept);
  const kept = `${all} MB with the free buffers that are kept for batches of other lengths`;
  return [table, ...lines, kept].join("\n");
}

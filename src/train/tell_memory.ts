/**
 * The line that says before training what it will take.
 *
 * @module
 */
import { OutOfMemoryError } from "../errors.ts";
import { formatMegabytes } from "../reporters/format_megabytes.ts";
import { largestBatches } from "./largest_batches.ts";
import { type MemoryPlan, planMemory } from "./memory_plan.ts";
import type { RunLog } from "./run_log.ts";
import type { RunParts } from "./run_parts.ts";
import type { RunSetup } from "./run_setup.ts";

/**
 * Plans the memory of a run for the reporters that show it; without one nothing is done.
 *
 * @param setup What the run works with.
 * @param parts What it is made of.
 * @param log Tells reporters.
 */
export async function tellMemory(setup: RunSetup, parts: RunParts, log: RunLog): Promise<void> {
  if (!setup.inputs.reporters?.some(({ memory }) => memory !== undefined)) return;
  // The batches of a rank that reads no rows are not known before their time.
  if (!setup.trainDatasets.isHere) return;
  try {
    const batches = await largestBatches(setup, parts);
    const others = batches.flatMap(({ others }) => others);
    const whole = batches.map(({ whole }) => whole);
    const line = memoryLine(await planMemory(setup, whole, { others }));
    log.tell((reporter) => reporter.memory?.(line));
  } catch (error) {
    // The first step will say so, and `auto_find_batch_size` will act on it.
    if (!(error instanceof OutOfMemoryError)) throw error;
  }
}

/** A plan in one line. */
function memoryLine({ batch, textures, kept, ...plan }: MemoryPlan): string {
  const parts = [
    `parameters ${formatMegabytes(plan.parameters)}`,
    `gradients ${formatMegabytes(plan.gradients)}`,
    `optimizer ${formatMegabytes(plan.optimizer)}`,
    `activations of ${batch.tokens} tokens ${formatMegabytes(plan.activations)}`,
    ...textures === 0 ? [] : [`copies of operands ${formatMegabytes(textures)}`],
  ];
  const [inUse, all] = [plan.total, plan.total + kept].map(formatMegabytes);
  return `memory on the GPU: ${inUse} MB in use (${parts.join(", ")}), ${all} with buffers kept`;
}

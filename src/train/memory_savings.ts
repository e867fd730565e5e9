/**
 * Which arguments would lower the memory of a run most.
 *
 * @module
 */
import type { Loss } from "../losses/loss.ts";
import { LOSS_NAMES } from "../losses/names.ts";
import type { LossBatch } from "./compute_loss.ts";
import type { LargestBatch } from "./largest_batches.ts";
import { type MemoryPlan, type MemoryPlanOptions, planMemory } from "./memory_plan.ts";
import type { RunSetup } from "./run_setup.ts";

/** A change and what is left then. */
export interface MemorySaving {
  /** What to change, such as `gradient_checkpointing true`. */
  readonly change: string;
  /** The run's memory with it. Unit: bytes. */
  readonly total: number;
}

/** Texts of a part, where a loss is not cached yet; upstream's default. */
const MINI_BATCH_SIZE = 32;

/** What may be changed, as the step that is planned then. */
interface Change {
  readonly name: string;
  readonly batches: readonly LossBatch[];
  readonly options?: MemoryPlanOptions;
}

/**
 * Plans again with gradient checkpointing, with half the rows in a batch, with the cached form of the loss,
 * or with half its `mini_batch_size`.
 *
 * @param setup What the run works with.
 * @param batches The largest batch of each objective.
 * @param plan What the run takes as it is.
 * @returns The two changes that save most, the better one first; fewer where fewer save anything.
 */
export async function memorySavings(
  setup: RunSetup,
  batches: readonly LargestBatch[],
  plan: Pick<MemoryPlan, "total">,
): Promise<MemorySaving[]> {
  const savings: MemorySaving[] = [];
  for (const { name, batches: parts, options } of changesOf(setup, batches)) {
    const { total } = await planMemory(setup, parts, options);
    if (total < plan.total) savings.push({ change: name, total });
  }
  return savings.sort((a, b) => a.total - b.total).slice(0, 2);
}

function changesOf({ args }: RunSetup, batches: readonly LargestBatch[]): Change[] {
  const whole = batches.map(({ whole }) => whole);
  const changes: Change[] = [];
  if (!args.gradientCheckpointing) {
    const options = { gradientCheckpointing: true } as const;
    changes.push({ name: "gradient_checkpointing true", batches: whole, options });
  }
  const half = batches.flatMap(({ half }) => half ?? []);
  if (half.length === whole.length) {
    const rows = Math.ceil(args.perDeviceTrainBatchSize / 2);
    changes.push({ name: `per_device_train_batch_size ${rows}`, batches: half });
  }
  const smaller = whole.map((part) => ({ part, cached: smallerParts(part.loss) }));
  const names = new Set(smaller.flatMap(({ cached }) => cached?.name ?? []));
  if (names.size === 1) {
    const parts = smaller.map(({ part, cached }) => cached ? { ...part, loss: cached.loss } : part);
    changes.push({ name: [...names][0], batches: parts });
  }
  return changes;
}

/** The loss over smaller parts of a batch: a loss sees embeddings alone, however they were made. */
function smallerParts(loss: Loss): { name: string; loss: Loss } | null {
  const known: readonly string[] = LOSS_NAMES;
  const { wants } = loss;
  const size = wants?.cache ? Math.floor(wants.cache.miniBatchSize / 2) : MINI_BATCH_SIZE;
  const isPossible = wants?.cache
    ? size > 0 && wants.cache.miniBatchTokens === null
    : known.includes(`Cached${loss.name}`);
  if (!isPossible) return null;
  const cache = { miniBatchSize: size, miniBatchTokens: null };
  return {
    name: wants?.cache ? `mini_batch_size ${size}` : `--loss Cached${loss.name}`,
    loss: {
      ...{ name: loss.name, config: loss.config, citation: loss.citation },
      ...{ smoothsLabels: loss.smoothsLabels, components: loss.components },
      wants: { ...wants, cache },
      checkColumns: (columns, labels) => loss.checkColumns(columns, labels),
      forward: (tape, batch) => loss.forward(tape, batch),
    },
  };
}

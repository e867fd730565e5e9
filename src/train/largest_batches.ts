/**
 * The batches of a run that will take most memory.
 *
 * @module
 */
import type { Dataset } from "../data/dataset.ts";
import { TokenizerPool } from "../data/tokenizer_pool.ts";
import type { Loss } from "../losses/loss.ts";
import type { LossBatch } from "./compute_loss.ts";
import { rankRows } from "./parallel/rank_rows.ts";
import { prepareLossBatch } from "./prepare_loss_batch.ts";
import { promptOf } from "./prompts.ts";
import type { RunPlan } from "./run_plan.ts";
import type { RunSetup } from "./run_setup.ts";
import type { Timeline } from "./timeline.ts";

/** The most rows that are looked at; of texts on disk fewer, for each is read. */
const [ROWS, ROWS_ON_DISK] = [1 << 18, 1 << 12];

/** Epochs that are looked at: each has to be drawn. */
const EPOCHS = 3;

/** Batches that look longest by their characters and are tokenized to know. */
const CANDIDATES = 8;

/** Which batches stand for all that are smaller: shares of the batches, ordered by length. */
const OTHERS = [0, 0.2, 0.4, 0.6, 0.8];

/** Characters that a token stands for, for a text that is longer than the model reads. */
const CHARACTERS_PER_TOKEN = 5;

/** A batch that takes much memory. */
export interface LargestBatch {
  /** The batch. */
  readonly whole: LossBatch;
  /** Its first half, rounded up to whole rows; null of a batch of one row. */
  readonly half: LossBatch | null;
  /** Some of the batches that take less, from the smallest on. */
  readonly others: readonly LossBatch[];
}

/** A batch by its rows. */
interface Candidate {
  readonly dataset: Dataset;
  readonly rows: readonly number[];
  readonly characters: number;
}

/**
 * Finds the largest batch of every dataset, of a cached loss that with the largest part. All batches of the
 * first three epochs are compared, first by characters, then the eight longest by tokens; where they have
 * more than 262,144 rows (4,096 where texts are on disk), batches in equal distances.
 *
 * @param setup What the run works with.
 * @param run Which rows make a step, rows of a batch, and how many steps there are.
 * @returns A batch for each dataset that was met, the one with most tokens.
 */
export async function largestBatches(
  setup: RunSetup,
  { timeline, batchSize, plan: { totalSteps, epochs } }: {
    timeline: Timeline;
    batchSize: number;
    plan: Pick<RunPlan, "totalSteps" | "epochs">;
  },
): Promise<LargestBatch[]> {
  const { datasets } = setup.trainDatasets;
  const isOnDisk = datasets.some((dataset) => !Array.isArray(dataset.text(dataset.columns[0])));
  const steps = Math.min(totalSteps, timeline.stepsOf(Math.min(EPOCHS, epochs)));
  const rows = steps * setup.args.gradientAccumulationSteps * batchSize;
  const stride = Math.max(1, Math.ceil(rows / (isOnDisk ? ROWS_ON_DISK : ROWS)));
  const measure = measurer(setup);
  const candidates = new Map<Dataset, Candidate[]>();
  // The first epoch last, for its order is wanted next.
  for (let step = stride * Math.floor((steps - 1) / stride); step >= 0; step -= stride) {
    for (const rows of timeline.batches(timeline.locate(step))) {
      const candidate = candidateOf(setup, rows, measure);
      const known = candidates.get(candidate.dataset);
      if (known === undefined) candidates.set(candidate.dataset, [candidate]);
      else known.push(candidate);
    }
  }
  return await Promise.all([...candidates.values()].map((some) => mostTokens(setup, some)));
}

function candidateOf(
  { trainDatasets, group }: RunSetup,
  indices: Uint32Array,
  measure: (dataset: Dataset, rows: readonly number[]) => number,
): Candidate {
  const { dataset, row } = trainDatasets.locate(indices[0]);
  const start = indices[0] - row;
  const own = group === null ? indices : rankRows(indices, group).rows;
  const rows = Array.from(own, (index) => index - start);
  return { dataset, rows, characters: measure(dataset, rows) };
}

/** Counts the characters that are embedded at once, as far as the model reads. */
function measurer({ args, lossFor, inputs: { model } }: RunSetup) {
  const most = CHARACTERS_PER_TOKEN * model.maxSequenceLength;
  return (dataset: Dataset, rows: readonly number[]) => {
    const lengths = dataset.columns.flatMap((column) => {
      const texts = dataset.text(column);
      const prompt = promptOf(args.prompts, dataset, column).length;
      return rows.map((row) => Math.min(most, prompt + texts.at(row)!.length));
    });
    return largestPart(lengths, lossFor(dataset));
  };
}

/** The sum of what is embedded at once, the longest part where a loss is cached. */
function largestPart(lengths: readonly number[], { wants }: Loss): number {
  const size = wants?.cache?.miniBatchSize ?? lengths.length;
  let most = 0;
  for (let first = 0; first < lengths.length; first += size) {
    most = Math.max(most, lengths.slice(first, first + size).reduce((a, b) => a + b, 0));
  }
  return most;
}

async function mostTokens(
  { args, lossFor, models: { model, guide } }: RunSetup,
  candidates: readonly Candidate[],
): Promise<LargestBatch> {
  // No workers: that would start them twice.
  const pool = new TokenizerPool(model.tokenizer, 0);
  const { prompts } = args;
  const maker = {
    ...{ model, prompts, pool },
    guide: guide && { model: guide, prompts, pool: new TokenizerPool(guide.tokenizer, 0) },
  };
  const ordered = candidates.toSorted((a, b) => a.characters - b.characters);
  const longest = ordered.slice(-CANDIDATES);
  const [{ dataset }] = longest;
  const prepare = (rows: readonly number[]) =>
    prepareLossBatch(maker, lossFor(dataset), { dataset, rows });
  const batches = await Promise.all(longest.map(({ rows }) => prepare(rows)));
  const tokens = batches.map(({ batch, guideBatch, loss }) =>
    largestPart(textLengths(batch), loss) + (guideBatch?.ids.length ?? 0)
  );
  const most = tokens.indexOf(Math.max(...tokens));
  const { rows } = longest[most];
  const half = rows.slice(0, Math.ceil(rows.length / 2));
  const smaller = ordered.slice(0, -CANDIDATES);
  const others = new Set(OTHERS.map((share) => smaller[Math.floor(share * smaller.length)]));
  others.delete(undefined!);
  return {
    whole: batches[most],
    half: rows.length === 1 ? null : await prepare(half),
    others: [
      ...batches.filter((_, i) => i !== most),
      ...await Promise.all([...others].map(({ rows }) => prepare(rows))),
    ],
  };
}

function textLengths({ sequenceStarts }: LossBatch["batch"]): number[] {
  return Array.from(sequenceStarts.subarray(1), (end, i) => end - sequenceStarts[i]);
}

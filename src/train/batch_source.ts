/**
 * The batches of a run, made ahead of the GPU.
 *
 * @module
 */
import type { ConcatDataset } from "../data/concat_dataset.ts";
import type { Dataset } from "../data/dataset.ts";
import { Prefetcher } from "../data/prefetcher.ts";
import { TokenizerPool } from "../data/tokenizer_pool.ts";
import type { Loss } from "../losses/loss.ts";
import type { LossBatch, RunModels } from "./compute_loss.ts";
import { dispatchRows } from "./parallel/dispatch_rows.ts";
import type { RankGroup } from "./parallel/rank_group.ts";
import { rankRows } from "./parallel/rank_rows.ts";
import { type LossBatchMaker, prepareLossBatch } from "./prepare_loss_batch.ts";
import type { Prompts } from "./prompts.ts";
import type { StepPlace, Timeline } from "./timeline.ts";

/** What batches are made of. */
export interface BatchSourceInputs {
  /** Whose tokenizers and lengths are used. */
  readonly models: RunModels;
  /** The training data. */
  readonly datasets: ConcatDataset;
  /** Which rows make a step. */
  readonly timeline: Timeline;
  /** The objective of each dataset. */
  readonly lossFor: (dataset: Dataset) => Loss;
  /** What goes before the texts. */
  readonly prompts: Prompts;
  /** Workers that tokenize; 0 for none. */
  readonly workers: number;
  /** Whether the workers outlive an epoch. */
  readonly persistentWorkers: boolean;
  /** The ranks among which the rows of a batch are shared. Default: null, one process takes them all. */
  readonly group?: RankGroup | null;
  /** Whether rank 0 reads the rows of all ranks. Default: false. */
  readonly dispatches?: boolean;
}

/** Steps that each worker is ahead by, as `prefetch_factor` of PyTorch's DataLoader. */
const AHEAD = 2;

/** Gives the batches of one step after the other; with workers it prepares the next ones meanwhile. */
export class BatchSource {
  readonly #inputs: BatchSourceInputs;
  #pool: TokenizerPool | null = null;
  #guidePool: TokenizerPool | null = null;
  #steps: Prefetcher<LossBatch[]> | null = null;
  /** The step that `#steps` gives next. */
  #next: { epoch: number; index: number } = { epoch: -1, index: 0 };

  /**
   * Starts nothing.
   *
   * @param inputs What batches are made of.
   */
  constructor(inputs: BatchSourceInputs) {
    this.#inputs = inputs;
  }

  /** Turns rows into batches, for evaluations too. */
  get maker(): LossBatchMaker {
    const { models: { model, guide }, prompts, workers } = this.#inputs;
    const pool = this.#pool ??= new TokenizerPool(model.tokenizer, workers);
    if (guide === undefined) return { model, prompts, pool };
    const guidePool = this.#guidePool ??= new TokenizerPool(guide.tokenizer, workers);
    return { model, prompts, pool, guide: { model: guide, prompts, pool: guidePool } };
  }

  /**
   * The batches of a step.
   *
   * @param place Where it lies.
   * @returns Its batches, in order.
   */
  async step(place: StepPlace): Promise<LossBatch[]> {
    using _span = this.#inputs.models.model.gpu.recorder.spans?.open("wait for batch");
    if (this.#next.epoch !== place.epoch || this.#next.index !== place.index) {
      await this.#seek(place);
    }
    this.#next.index++;
    return await this.#steps!.next();
  }

  /** Ends the workers; a later call starts others. */
  async close(): Promise<void> {
    this.#next = { epoch: -1, index: 0 };
    await this.#steps?.close();
    this.#steps = null;
    this.#pool?.close();
    this.#guidePool?.close();
    this.#pool = this.#guidePool = null;
  }

  async #seek(place: StepPlace): Promise<void> {
    const { workers, persistentWorkers, dispatches = false } = this.#inputs;
    await this.#steps?.close();
    if (!persistentWorkers && this.#next.epoch !== place.epoch) await this.close();
    this.#next = { epoch: place.epoch, index: place.index };
    this.#steps = new Prefetcher(
      place.steps - place.index,
      (i) => this.#make({ ...place, index: place.index + i }),
      // What rank 0 sends travels while the step before it goes on.
      { depth: Math.max(AHEAD * workers, Number(dispatches)) },
    );
  }

  async #make(place: StepPlace): Promise<LossBatch[]> {
    const { timeline, datasets, lossFor, group = null, dispatches = false } = this.#inputs;
    const { maker } = this;
    const batches = timeline.batches(place).map((all) => {
      const { dataset, row } = datasets.locate(all[0]);
      const start = all[0] - row;
      return { dataset, rows: all.map((index) => index - start) };
    });
    const read = group !== null && dispatches ? await dispatchRows(group, batches) : batches;
    return await Promise.all(
      read.map(async ({ dataset, rows }, i) => {
        const loss = lossFor(batches[i].dataset);
        const share = group === null ? { rows } : rankRows(rows, group);
        const part = await prepareLossBatch(maker, loss, { dataset, rows: share.rows });
        return "weight" in share ? { ...part, weight: share.weight } : part;
      }),
    );
  }
}

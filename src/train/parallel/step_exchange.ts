/**
 * What ranks tell each other in a step: gradients, losses, how many rows, and whether to stop.
 *
 * @module
 */
import type { Gpu } from "../../gpu/device.ts";
import type { ParameterStore } from "../../gpu/parameter_slab.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import type { TapeOptions } from "../../ops/tape.ts";
import type { LossBatch } from "../compute_loss.ts";
import { type ExchangeOptions, GradientExchange } from "./gradient_exchange.ts";
import type { RankGroup } from "./rank_group.ts";

/** What a step went over. */
export interface StepCounts {
  /** Rows of all batches, and of all ranks. */
  readonly rows: number;
  /** Tokens of them. */
  readonly tokens: number;
}

/** A batch whose backward pass is recorded. */
export interface DoneBatch {
  /** The batch. */
  readonly part: LossBatch;
  /** Its loss and components, one number each. */
  readonly room: Tensor;
}

/** Exchanges what belongs to a step. */
export class StepExchange {
  /** The ranks. */
  readonly group: RankGroup;
  readonly #gpu: Gpu;
  readonly #gradients: GradientExchange;

  /**
   * Takes the room on the host.
   *
   * @param gpu The device.
   * @param stores The parameters that are trained.
   * @param options The ranks, how much travels at once in MiB, null for the default, and whether gradients
   *   travel as halves.
   */
  constructor(
    gpu: Gpu,
    stores: readonly ParameterStore[],
    { group, ...options }: { group: RankGroup } & Omit<ExchangeOptions, "communicator">,
  ) {
    const { communicator } = group;
    this.#gpu = gpu;
    this.group = group;
    this.#gradients = new GradientExchange(gpu, stores, { communicator, ...options });
  }

  /** See {@linkcode GradientExchange.bytes}. */
  get bytes(): number {
    return this.#gradients.bytes;
  }

  /** Buckets of the last step that were copied while its backward pass was recorded. */
  get earlyBuckets(): number {
    return this.#gradients.earlyBuckets;
  }

  /** See {@linkcode GradientExchange.observer}. */
  observer(kind: object): NonNullable<TapeOptions["observe"]> {
    return this.#gradients.observer(kind);
  }

  /**
   * Replaces the gradients by their sum over ranks, and losses by their means over all rows. Where a rank
   * was asked to stop, all ranks know it afterwards.
   *
   * @param batches The batches of the step.
   * @returns Rows and tokens of all ranks.
   */
  async reduce(batches: readonly DoneBatch[]): Promise<StepCounts> {
    const { recorder } = this.#gpu;
    const reading = Promise.all(batches.map(({ room }) => this.#gpu.read(room)));
    // It is waited for below, together with the gradients.
    reading.catch(() => {});
    await this.#gradients.reduce();
    const losses = await reading;
    const own = Float32Array.of(...countsOf(batches), Number(this.group.wantsToStop));
    const values = new Float32Array(
      own.length + losses.reduce((sum, { length }) => sum + length, 0),
    );
    values.set(own);
    let end = own.length;
    losses.forEach((found, i) => {
      const { weight = 1 } = batches[i].part;
      // A row that takes part with weight 0 counts for nothing, even where its loss is not a number.
      for (const value of found) values[end++] = weight === 0 ? 0 : weight * value;
    });
    await this.group.communicator.allReduce(values);
    end = own.length;
    for (const { room } of batches) {
      recorder.upload(room, values.slice(end, end += room.size));
    }
    const [rows, tokens, stops] = values;
    if (stops > 0) this.group.stop();
    return { rows, tokens };
  }

  /** Frees the room. */
  destroy(): void {
    this.#gradients.destroy();
  }
}

/** Rows and tokens that count. */
function countsOf(batches: readonly DoneBatch[]): [number, number] {
  let [rows, tokens] = [0, 0];
  for (const { part: { batch: { columns, ids }, weight = 1 } } of batches) {
    if (weight === 0) continue;
    rows += columns[0].count;
    tokens += ids.length;
  }
  return [rows, tokens];
}

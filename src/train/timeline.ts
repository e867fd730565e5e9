/**
 * Which batches make an optimizer step, and in which epoch it lies: a pure function of the sampler, so
 * that a run can go on from any step.
 *
 * @module
 */
import type { BatchSampler } from "../data/samplers/sampler.ts";
import { UsageError } from "../errors.ts";

/** Where an optimizer step lies. */
export interface StepPlace {
  /** The epoch, from 0. */
  readonly epoch: number;
  /** Steps of this epoch before it. */
  readonly index: number;
  /** Steps of this epoch. */
  readonly steps: number;
}

/** Steps are counted in 32 bits in files and on the GPU. */
const MOST_STEPS = 2 ** 31 - 1;

/** The optimizer steps of a run. */
export class Timeline {
  readonly #sampler: BatchSampler;
  readonly #accumulation: number;
  /** For every epoch seen so far, the steps before its end; unused where all epochs are alike. */
  readonly #ends: number[] = [];
  /** The most batches of an epoch seen so far. */
  #longest = 0;

  /**
   * The steps of a sampler's batches.
   *
   * @param sampler Divides the rows of every epoch into batches.
   * @param accumulation Batches of a step; the last step of an epoch may have fewer.
   */
  constructor(sampler: BatchSampler, accumulation: number) {
    this.#sampler = sampler;
    this.#accumulation = accumulation;
  }

  /**
   * The length of a run.
   *
   * @param epochs Passes over the data, possibly a fraction.
   * @returns Optimizer steps; a fraction of an epoch is rounded up to a whole step.
   * @throws {UsageError} If they are too many to count, or an epoch has no batch.
   */
  stepsOf(epochs: number): number {
    const whole = Math.floor(epochs);
    const fraction = epochs - whole;
    const steps = this.#endOf(whole - 1) +
      (fraction === 0 ? 0 : Math.ceil(fraction * (this.#endOf(whole) - this.#endOf(whole - 1))));
    if (steps <= MOST_STEPS) return steps;
    throw new UsageError(
      `Cannot train: num_train_epochs is ${epochs}, which makes ${steps} steps, wanted at most ${MOST_STEPS}; lower it`,
    );
  }

  /** The most batches of a step, among the epochs that were looked at so far; at least 1. */
  get mostBatches(): number {
    return Math.max(1, Math.min(this.#accumulation, this.#longest));
  }

  /**
   * Finds a step.
   *
   * @param step Optimizer steps before it.
   * @returns Its epoch and its place there.
   */
  locate(step: number): StepPlace {
    const constant = this.#constantSteps();
    let epoch = constant === null
      ? Math.max(0, this.#ends.findIndex((end) => step < end))
      : Math.floor(step / constant);
    while (this.#endOf(epoch) <= step) epoch++;
    const start = this.#endOf(epoch - 1);
    return { epoch, index: step - start, steps: this.#endOf(epoch) - start };
  }

  /** Optimizer steps of an epoch. */
  stepsIn(epoch: number): number {
    return this.#endOf(epoch) - this.#endOf(epoch - 1);
  }

  /**
   * Epochs done after a number of steps, fractions included.
   *
   * @param step Optimizer steps done.
   * @returns Epochs.
   */
  epochAfter(step: number): number {
    if (step === 0) return 0;
    const { epoch, index, steps } = this.locate(step - 1);
    return epoch + (index + 1) / steps;
  }

  /**
   * The batches of a step.
   *
   * @param place Where it lies.
   * @returns Row indices of every batch.
   */
  batches({ epoch, index }: StepPlace): readonly Uint32Array[] {
    const first = index * this.#accumulation;
    return this.#sampler.batches(epoch).slice(first, first + this.#accumulation);
  }

  #endOf(epoch: number): number {
    const constant = this.#constantSteps();
    if (constant !== null) return (epoch + 1) * constant;
    for (let next = this.#ends.length; next <= epoch; next++) {
      const steps = this.#stepsFrom(this.#sampler.steps(next), next);
      this.#ends.push((this.#ends[next - 1] ?? 0) + steps);
    }
    return epoch < 0 ? 0 : this.#ends[epoch];
  }

  /** Steps of every epoch, where the sampler knows that all are alike. */
  #constantSteps(): number | null {
    if (!this.#sampler.constantSteps) return null;
    return this.#stepsFrom(this.#sampler.steps(0), 0);
  }

  #stepsFrom(batches: number, epoch: number): number {
    if (batches === 0) {
      throw new UsageError(
        `Cannot train: epoch ${epoch} has no batch; lower per_device_train_batch_size or unset dataloader_drop_last`,
      );
    }
    this.#longest = Math.max(this.#longest, batches);
    return Math.ceil(batches / this.#accumulation);
  }
}

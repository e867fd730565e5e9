/**
 * Which batches make an optimizer step, and in which epoch it lies: a pure function of the sampler, so
 * that a run can go on from any step.
 *
 * @module
 */
import type { BatchSampler } from "../data/samplers/sampler.ts";

/** Where an optimizer step lies. */
export interface StepPlace {
  /** The epoch, from 0. */
  readonly epoch: number;
  /** Steps of this epoch before it. */
  readonly index: number;
  /** Steps of this epoch. */
  readonly steps: number;
}

/** The optimizer steps of a run. */
export class Timeline {
  readonly #sampler: BatchSampler;
  readonly #accumulation: number;
  /** For every epoch seen so far, the steps before its end. */
  readonly #ends: number[] = [];

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
   */
  stepsOf(epochs: number): number {
    const whole = Math.floor(epochs);
    const fraction = epochs - whole;
    return this.#endOf(whole - 1) +
      (fraction === 0 ? 0 : Math.ceil(fraction * (this.#endOf(whole) - this.#endOf(whole - 1))));
  }

  /**
   * Finds a step.
   *
   * @param step Optimizer steps before it.
   * @returns Its epoch and its place there.
   */
  locate(step: number): StepPlace {
    let epoch = Math.max(0, this.#ends.findIndex((end) => step < end));
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
    for (let next = this.#ends.length; next <= epoch; next++) {
      const steps = Math.ceil(this.#sampler.steps(next) / this.#accumulation);
      if (steps === 0) {
        throw new RangeError(
          `Cannot train: epoch ${next} has no batch; lower per_device_train_batch_size or unset dataloader_drop_last`,
        );
      }
      this.#ends.push((this.#ends[next - 1] ?? 0) + steps);
    }
    return epoch < 0 ? 0 : this.#ends[epoch];
  }
}

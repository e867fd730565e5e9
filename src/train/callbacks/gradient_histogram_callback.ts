/**
 * Shows how gradients are spread as a run goes on.
 *
 * @module
 */
import { UsageError } from "../../errors.ts";
import { type Histogram, histogramOf } from "../../reporters/histogram.ts";
import type { CallbackRun, TrainerCallback } from "./callback.ts";

/** When a {@linkcode GradientHistogramCallback} looks. */
export interface GradientHistogramOptions {
  /** Steps from one look to the next, at least 1. */
  readonly everySteps: number;
}

/**
 * Tells reporters every few steps how the gradients of each parameter of the model are spread, as they
 * are before clipping. A look waits for the device and reads all gradients from it, 4 bytes a parameter.
 */
export class GradientHistogramCallback implements TrainerCallback {
  /** Its name in errors. */
  readonly name: string = "GradientHistogramCallback";
  readonly #everySteps: number;

  /**
   * Looks at nothing yet.
   *
   * @param options When it looks.
   * @throws {RangeError} If it is no positive whole number of steps.
   */
  constructor({ everySteps }: GradientHistogramOptions) {
    if (!Number.isSafeInteger(everySteps) || everySteps < 1) {
      throw new RangeError(
        `Cannot look at gradients every ${everySteps} steps: wanted a positive whole number`,
      );
    }
    this.#everySteps = everySteps;
  }

  /** Refuses gradients that are multiplied by a scale. */
  onTrainBegin({ args }: CallbackRun): void {
    if (!args.fp16) return;
    throw new UsageError(
      "Cannot show histograms of gradients with fp16: they are multiplied by the scale of the loss; " +
        "use bf16, or leave the histograms out",
    );
  }

  /** Looks at the gradients. */
  async onPreOptimizerStep({ model, state, tellGradients }: CallbackRun): Promise<void> {
    const step = state.globalStep + 1;
    if (step % this.#everySteps !== 0 || tellGradients === undefined) return;
    const store = model.adapter?.store ?? model.store;
    const histograms: Record<string, Histogram> = {};
    for (const [name, { data }] of await store.download(({ gradients }) => gradients)) {
      histograms[name] = histogramOf(data);
    }
    tellGradients(histograms, step);
  }
}

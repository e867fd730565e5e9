/**
 * What went wrong in steps, as far as their numbers have come to the host.
 *
 * @module
 */

/** A step whose loss or gradient is not finite. */
export interface BadStep {
  /** Steps before it. */
  readonly step: number;
  /** The first of its batches whose loss is not finite; null where all losses are. */
  readonly batch: number | null;
  /** The loss of that batch, else of the last one. */
  readonly loss: number;
  /** The norm of its gradient. */
  readonly gradientNorm: number;
}

/** Remembers the first bad step, and counts those that were skipped. */
export class StepTrouble {
  /** The first step whose loss or gradient is not finite. */
  first: BadStep | null = null;
  /** The first step whose loss is not finite. */
  firstLoss: BadStep | null = null;
  /** Steps in all. */
  steps = 0;
  /** Whether every gradient was 0. */
  isIdle = true;
  /** The latest steps without a sound one among them that loss scaling skipped. */
  skippedInARow = 0;

  /**
   * Takes in a step.
   *
   * @param step Steps before it.
   * @param found The losses of its batches, its gradient norm, and whether it was skipped.
   */
  add(
    step: number,
    { losses, gradientNorm, isSkipped }: {
      losses: readonly number[];
      gradientNorm: number;
      isSkipped: boolean;
    },
  ): void {
    this.steps++;
    this.isIdle &&= gradientNorm === 0;
    this.skippedInARow = isSkipped ? this.skippedInARow + 1 : 0;
    const at = losses.findIndex((loss) => !Number.isFinite(loss));
    if (at < 0 && Number.isFinite(gradientNorm)) return;
    const batch = at < 0 ? null : at;
    const bad = { step, batch, loss: losses.at(at)!, gradientNorm };
    this.first ??= bad;
    if (batch !== null) this.firstLoss ??= bad;
  }
}

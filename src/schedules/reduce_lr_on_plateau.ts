/**
 * A learning rate that falls when a metric no longer improves.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { type Improvement, improvement, type ImprovementOptions } from "./improvement.ts";
import type { RunSchedule } from "./run_schedule.ts";
import { jsonNumber, StateReader } from "./state_reader.ts";

/** What {@linkcode ReduceLrOnPlateau} reads. */
export interface ReduceLrOnPlateauOptions extends ImprovementOptions {
  /** The base learning rate. */
  learningRate: number;
  /** What the learning rate is multiplied by; 0.1 by default. */
  factor?: number;
  /** Evaluations without improvement that do not matter yet; 10 by default. */
  patience?: number;
  /** Evaluations after a fall whose lack of improvement does not count; 0 by default. */
  cooldown?: number;
  /** The least learning rate; 0 by default. */
  minLr?: number;
  /** A fall by no more than this is left out; 1e-8 by default. */
  eps?: number;
}

const NAME = "reduce_lr_on_plateau";

/**
 * There is no warmup, and the learning rate is constant until more than `patience` evaluations in a
 * row were no improvement; then it becomes `max(lr · factor, minLr)` and the count begins anew. The
 * threshold of an improvement is 1e-4, relative, by default.
 *
 * Source: `ReduceLROnPlateau` in `torch/optim/lr_scheduler.py`, as
 * `get_reduce_on_plateau_schedule` in `transformers/optimization.py` makes it.
 */
export class ReduceLrOnPlateau implements RunSchedule {
  /** It follows an evaluation metric. */
  readonly followsMetric = true;
  readonly #settings: Required<Omit<ReduceLrOnPlateauOptions, keyof ImprovementOptions>>;
  readonly #improvement: Improvement;
  #learningRate: number;
  #best: number;
  #badEvaluations = 0;
  #cooldownLeft = 0;

  /**
   * Begins with the base learning rate.
   *
   * @param options base learning rate and settings
   * @throws {UsageError} for an unknown mode, or a factor that is not from 0 to below 1
   */
  constructor(options: ReduceLrOnPlateauOptions) {
    const { mode = "min", threshold = 1e-4, thresholdMode = "rel", learningRate } = options;
    const { factor = 0.1, patience = 10, cooldown = 0, minLr = 0, eps = 1e-8 } = options;
    if (!(factor >= 0 && factor < 1)) {
      throw new UsageError(
        `Cannot create schedule "${NAME}": factor is ${factor}, wanted a number from 0. ` +
          "Factor should be < 1.0.",
      );
    }
    this.#settings = { learningRate, factor, patience, cooldown, minLr, eps };
    this.#improvement = improvement(NAME, { mode, threshold, thresholdMode });
    this.#learningRate = learningRate;
    this.#best = this.#improvement.worst;
  }

  /**
   * Gives the present learning rate over the base learning rate.
   *
   * @returns the factor, whatever the step
   */
  factor(): number {
    const base = this.#settings.learningRate;
    return this.#learningRate === base ? 1 : this.#learningRate / base;
  }

  /**
   * Counts an evaluation, and lowers the learning rate if it was one too many.
   *
   * @param metric the watched metric
   */
  observe(metric: number): void {
    if (this.#improvement.isBetter(metric, this.#best)) {
      this.#best = metric;
      this.#badEvaluations = 0;
    } else {
      this.#badEvaluations++;
    }
    if (this.#cooldownLeft > 0) {
      this.#cooldownLeft--;
      this.#badEvaluations = 0;
    }
    if (this.#badEvaluations > this.#settings.patience) {
      this.#reduce();
      this.#cooldownLeft = this.#settings.cooldown;
      this.#badEvaluations = 0;
    }
  }

  /**
   * Gives the learning rate, the best metric and the two counts.
   *
   * @returns what JSON can hold
   */
  state(): Record<string, unknown> {
    return {
      learningRate: this.#learningRate,
      best: jsonNumber(this.#best),
      badEvaluations: this.#badEvaluations,
      cooldownLeft: this.#cooldownLeft,
    };
  }

  /**
   * Goes on from what {@linkcode ReduceLrOnPlateau.state} gave, with this object's own settings.
   *
   * @param state the kept state
   * @throws {InputError} where it is not such a state
   */
  restore(state: Record<string, unknown>): void {
    const reader = new StateReader(`schedule "${NAME}"`, state, Object.keys(this.state()));
    const learningRate = reader.learningRate("learningRate");
    const best = reader.number("best");
    const badEvaluations = reader.count("badEvaluations");
    this.#cooldownLeft = reader.count("cooldownLeft");
    this.#learningRate = learningRate;
    this.#best = best;
    this.#badEvaluations = badEvaluations;
  }

  #reduce(): void {
    const { factor, minLr, eps } = this.#settings;
    const reduced = Math.max(this.#learningRate * factor, minLr);
    if (this.#learningRate - reduced > eps) this.#learningRate = reduced;
  }
}

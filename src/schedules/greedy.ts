/**
 * A learning rate that rises while a metric improves and falls while it does not.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { type Improvement, improvement, type ImprovementOptions } from "./improvement.ts";
import type { RunSchedule } from "./run_schedule.ts";
import { jsonNumber, StateReader } from "./state_reader.ts";
import { StreamingAverage } from "./streaming_average.ts";

/** What {@linkcode Greedy} reads. */
export interface GreedyOptions extends ImprovementOptions {
  /** The base learning rate. */
  learningRate: number;
  /** What a falling rate is multiplied and a rising one divided by; 0.95 by default. */
  factor?: number;
  /** Evaluations in a row of one kind that do not matter yet; 10 by default. */
  patience?: number;
  /** Evaluations after a fall that do not count; 0 by default. */
  cooldown?: number;
  /** Evaluations after a rise that do not count; 0 by default. */
  warmup?: number;
  /** Where falls end; 1e-3 by default, so that a smaller base learning rate never falls. */
  minLr?: number;
  /** Where rises end; 1 by default. */
  maxLr?: number;
  /** A change by no more than this is left out; 1e-8 by default. */
  eps?: number;
  /** Whether to print each change. */
  verbose?: boolean;
  /** Whether to judge the mean of the latest metrics instead of each one. */
  smooth?: boolean;
  /** How many metrics that mean takes; 50 by default. */
  windowSize?: number;
  /** Falls that are due at `minLr` or below until all begins anew; 500 by default. */
  resetStart?: number;
  /** Where `verbose` prints to; the console by default. */
  print?: (line: string) => void;
}

type Settings = Required<Omit<GreedyOptions, keyof ImprovementOptions | "print">>;

const NAME = "greedy";

/**
 * There is no warmup of steps. After more than `patience` improvements in a row the learning rate
 * becomes `min(lr / factor, maxLr)`, after more than `patience` evaluations in a row without one
 * `max(lr · factor, minLr)`, and the count begins anew. When a fall has been due `resetStart` times
 * since the last rise with the rate at `minLr` or below, the rate goes back to the base learning
 * rate, and what was seen so far is forgotten. The threshold of an improvement is 1e-6, absolute,
 * by default.
 *
 * Source: `GreedyLR` in `transformers/optimization.py`, after "GreedyLR: A Novel Adaptive Learning
 * Rate Scheduler", https://arxiv.org/abs/2512.14527, 2025.
 */
export class Greedy implements RunSchedule {
  /** It follows an evaluation metric. */
  readonly followsMetric = true;
  readonly #settings: Settings;
  readonly #improvement: Improvement;
  readonly #print: (line: string) => void;
  #learningRate: number;
  #best: number;
  #average: StreamingAverage;
  #evaluations = 0;
  #goodEvaluations = 0;
  #badEvaluations = 0;
  #cooldownLeft = 0;
  #warmupLeft = 0;
  #resetLeft: number;

  /**
   * Begins with the base learning rate.
   *
   * @param options base learning rate and settings
   * @throws {UsageError} for an unknown mode, a factor that is not above 0 and below 1, or a window
   *   of no metrics
   */
  constructor(options: GreedyOptions) {
    const { mode = "min", threshold = 1e-6, thresholdMode = "abs", print = console.log } = options;
    this.#settings = settingsFrom(options);
    this.#improvement = improvement(NAME, { mode, threshold, thresholdMode });
    this.#print = this.#settings.verbose ? print : () => {};
    this.#learningRate = this.#settings.learningRate;
    this.#best = this.#improvement.worst;
    this.#average = new StreamingAverage(this.#settings.windowSize);
    this.#resetLeft = this.#settings.resetStart;
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
   * Counts an evaluation, and changes the learning rate if it was the last one needed for it.
   *
   * @param metric the watched metric
   */
  observe(metric: number): void {
    const { patience, smooth } = this.#settings;
    const current = smooth ? this.#average.add(metric) : metric;
    this.#evaluations++;
    if (this.#waits()) return;
    if (this.#improvement.isBetter(current, this.#best)) {
      this.#best = current;
      this.#badEvaluations = 0;
      this.#goodEvaluations++;
    } else {
      this.#badEvaluations++;
      this.#goodEvaluations = 0;
    }
    if (this.#goodEvaluations > patience) {
      this.#increase();
      this.#warmupLeft = this.#settings.warmup;
      this.#goodEvaluations = 0;
    } else if (this.#badEvaluations > patience) {
      this.#reduce();
      this.#cooldownLeft = this.#settings.cooldown;
      this.#badEvaluations = 0;
    }
  }

  /**
   * Gives the learning rate, the best metric, the counts and the metrics of the mean.
   *
   * @returns what JSON can hold
   */
  state(): Record<string, unknown> {
    return {
      learningRate: this.#learningRate,
      best: jsonNumber(this.#best),
      evaluations: this.#evaluations,
      goodEvaluations: this.#goodEvaluations,
      badEvaluations: this.#badEvaluations,
      cooldownLeft: this.#cooldownLeft,
      warmupLeft: this.#warmupLeft,
      resetLeft: this.#resetLeft,
      window: this.#average.values.map(jsonNumber),
      windowSum: jsonNumber(this.#average.sum),
    };
  }

  /**
   * Goes on from what {@linkcode Greedy.state} gave, with this object's own settings.
   *
   * @param state the kept state
   * @throws {InputError} where it is not such a state
   */
  restore(state: Record<string, unknown>): void {
    const { windowSize } = this.#settings;
    const reader = new StateReader(`schedule "${NAME}"`, state, Object.keys(this.state()));
    const learningRate = reader.learningRate("learningRate");
    const best = reader.number("best");
    const [evaluations, good, bad, cooldownLeft, warmupLeft, resetLeft] = [
      "evaluations",
      "goodEvaluations",
      "badEvaluations",
      "cooldownLeft",
      "warmupLeft",
      "resetLeft",
    ].map((key) => reader.count(key));
    const window = reader.numbers("window", windowSize);
    this.#average = new StreamingAverage(windowSize, window, reader.number("windowSum"));
    this.#learningRate = learningRate;
    this.#best = best;
    this.#evaluations = evaluations;
    this.#goodEvaluations = good;
    this.#badEvaluations = bad;
    this.#cooldownLeft = cooldownLeft;
    this.#warmupLeft = warmupLeft;
    this.#resetLeft = resetLeft;
  }

  #waits(): boolean {
    if (this.#cooldownLeft > 0) this.#cooldownLeft--;
    else if (this.#warmupLeft > 0) this.#warmupLeft--;
    else return false;
    this.#goodEvaluations = 0;
    this.#badEvaluations = 0;
    return true;
  }

  #increase(): void {
    const { factor, maxLr, eps, resetStart } = this.#settings;
    const increased = Math.min(this.#learningRate / factor, maxLr);
    if (increased - this.#learningRate > eps) this.#change("rises", increased);
    this.#resetLeft = resetStart;
  }

  #reduce(): void {
    const { factor, minLr, eps } = this.#settings;
    const reduced = Math.max(this.#learningRate * factor, minLr);
    if (this.#learningRate - reduced > eps) this.#change("falls", reduced);
    if (this.#learningRate > minLr) return;
    this.#resetLeft = Math.max(0, this.#resetLeft - 1);
    if (this.#resetLeft === 0) this.#reset();
  }

  #reset(): void {
    const { learningRate, windowSize, resetStart } = this.#settings;
    this.#change("goes back", learningRate);
    this.#best = this.#improvement.worst;
    this.#goodEvaluations = 0;
    this.#badEvaluations = 0;
    this.#cooldownLeft = 0;
    this.#warmupLeft = 0;
    this.#resetLeft = resetStart;
    this.#average = new StreamingAverage(windowSize);
  }

  #change(verb: string, learningRate: number): void {
    this.#learningRate = learningRate;
    this.#print(
      `Evaluation ${this.#evaluations}: the learning rate ${verb} to ` +
        learningRate.toExponential(4),
    );
  }
}

function settingsFrom(options: GreedyOptions): Settings {
  const { learningRate, factor = 0.95, patience = 10, cooldown = 0, warmup = 0 } = options;
  const { minLr = 1e-3, maxLr = 1, eps = 1e-8, verbose = false } = options;
  const { smooth = false, windowSize = 50, resetStart = 500 } = options;
  if (!(factor > 0 && factor < 1)) {
    throw new UsageError(
      `Cannot create schedule "${NAME}": factor is ${factor}, wanted a number above 0. ` +
        "Factor should be < 1.0.",
    );
  }
  if (windowSize < 1) {
    throw new UsageError(
      `Cannot create schedule "${NAME}": window_size is ${windowSize}; wanted an integer from 1`,
    );
  }
  const counts = { patience, cooldown, warmup, windowSize, resetStart };
  return { learningRate, factor, minLr, maxLr, eps, verbose, smooth, ...counts };
}

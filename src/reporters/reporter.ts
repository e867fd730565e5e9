/**
 * The contract of a reporter: what a training run tells, for showing or keeping.
 *
 * @module
 */

import type { Histogram } from "./histogram.ts";

/** What is known of a run before its first step. */
export interface RunFacts {
  /** What is trained: a directory or a name. */
  readonly model: string;
  /** The adapter that trains it. */
  readonly device: string;
  /** How many numbers are trained. */
  readonly parameters: number;
  /** Rows of the training data. */
  readonly examples: number;
  /** Rows an optimizer step, gradient accumulation included. */
  readonly batchSize: number;
  /** Passes over the data, possibly a fraction. */
  readonly epochs: number;
  /** Optimizer steps at the end of the run. */
  readonly totalSteps: number;
  /** Optimizer steps done before, by the run that this one resumes; else 0. */
  readonly startStep: number;
  /** What the run is called. */
  readonly runName?: string;
  /** The training arguments by upstream name, tokens hidden. */
  readonly arguments?: Readonly<Record<string, unknown>>;
  /** The content of the model's `config.json`. */
  readonly modelConfig?: Readonly<Record<string, unknown>>;
}

/** Where a run stands; what is not known yet is `null`. */
export interface Progress {
  /** Optimizer steps done. */
  readonly step: number;
  /** Optimizer steps at the end of the run. */
  readonly totalSteps: number;
  /** Epochs done, fractions included. */
  readonly epoch: number;
  /** The latest loss that was read back. */
  readonly loss: number | null;
  /** The latest gradient norm that was read back, before clipping. */
  readonly gradientNorm: number | null;
  /** The learning rate of the latest step. */
  readonly learningRate: number;
  /** Rows of training data a second. */
  readonly pairsPerSecond: number | null;
  /** Tokens a second, those of all columns. */
  readonly tokensPerSecond: number | null;
  /** Estimated seconds to the end of the run. */
  readonly secondsLeft: number | null;
  /** Memory of this process. Unit: bytes. */
  readonly hostBytes?: number;
  /** Buffers for activations and working memory, in use or kept for reuse. Unit: bytes. */
  readonly deviceBytes?: number;
}

/**
 * One record of the log, with the keys of upstream: `loss`, `grad_norm`, `learning_rate` of a
 * training step, `eval_*` of an evaluation, `train_*` at the end, each with `epoch` and `step`.
 */
export type LogEntry = Readonly<Record<string, number>>;

/** Receives what a run tells, in this order: `start`, any of the others, `finish`. */
export interface Reporter {
  /** The run begins. */
  start?(facts: RunFacts): void;
  /** What the run is going to take on the GPU, in one line; planned only for a reporter that has this. */
  memory?(line: string): void;
  /** A step is done; called for every step. */
  progress?(progress: Progress): void;
  /** A record was added to the log. */
  log?(entry: LogEntry): void;
  /** How the gradients of parameters, by name, are spread before an optimizer step is done. */
  gradients?(histograms: Readonly<Record<string, Histogram>>, step: number): void;
  /** Something worth a line for people; may hold several lines. */
  message?(line: string): void;
  /** The run is over, well or not. */
  finish?(): void;
}

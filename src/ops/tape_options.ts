/**
 * How a tape runs.
 *
 * @module
 */
import type { Tensor } from "../gpu/tensor.ts";

/** How numbers are stored that linear layers multiply; sums and everything else are f32. */
export type Precision = "f32" | "f16" | "bf16";

/** How a tape runs. */
export interface TapeOptions {
  /** Whether to keep what backward needs. Default: false. */
  recording?: boolean;
  /** Whether dropout is active. Default: the value of `recording`. */
  training?: boolean;
  /** The run's seed, of which random bits are a function. Default: 0. */
  seed?: number;
  /** The micro-batch's number, of which random bits are a function. Default: 0. */
  step?: number;
  /** Tokens of the batch before those that this tape runs over, for random bits. Default: 0. */
  firstRow?: number;
  /** How the operands of linear layers are stored. Default: "f32". */
  precision?: Precision;
  /** Strength of the noise on token embeddings while training; see `neftune_noise.ts`. Default: 0. */
  neftuneNoiseAlpha?: number;
  /** Every how many layers one runs again for backward instead of being kept. Default: 0, none does. */
  checkpointEvery?: number;
  /** Called with every op's result as it is recorded, and with every gradient as it is complete. */
  observe?: (tensor: Tensor, kind: "value" | "gradient") => void;
}

/** Where an op adds the gradient of one of its arguments. */
export interface GradientSlot {
  /** The gradient. */
  readonly gradient: Tensor;
  /** Whether to add to what is there; otherwise every element must be written. */
  readonly accumulate: boolean;
}

/**
 * Reads optimizers.json, which `/usr/bin/python3 optimizers.py` makes; the versions of Python, torch and
 * numpy are in it, and running it again repeats it byte for byte. Everything is float64 there.
 *
 * @module
 */

/** Ten updates of a parameter of six numbers, by one optimizer. */
export interface RecordedOptimizer {
  /** The parameter after each update. */
  parameters: number[][];
  /** The states after the last update, by PyTorch's names. */
  states: Record<string, number[]>;
}

/** What optimizers.py records. */
export interface OptimizerRecording {
  /** Extents of the parameter; the case `adafactor_vector` has one axis instead. */
  shape: number[];
  /** The parameter before the first update. */
  initial: number[];
  /** The gradient of each update. */
  gradients: number[][];
  /** The learning rate of each update. */
  learningRates: number[];
  /** Runs by name. */
  cases: Record<string, RecordedOptimizer>;
  /** The numbers of dynamic quantization in float32, as PyTorch computes them. */
  dynamicMap: { signed: number[]; unsigned: number[] };
  /** Three updates of 300 numbers by AdamW with quantized states. */
  eightBitAdamw: {
    parameter: number[];
    firstCodes: number[];
    firstScales: number[];
    secondCodes: number[];
    secondScales: number[];
  };
}

/** The settings of every recorded run. */
export const RECORDED_SETTINGS = { beta1: 0.8, beta2: 0.95, eps: 1e-3, weightDecay: 0.1 };

/** Reads all of it. */
export async function readOptimizers(): Promise<OptimizerRecording> {
  return JSON.parse(await Deno.readTextFile(new URL("optimizers.json", import.meta.url)));
}

/**
 * A run and a place in it, for reporters to tell of.
 *
 * @module
 */

import type { Progress, RunFacts } from "../../src/reporters/reporter.ts";

export const FACTS: RunFacts = {
  model: "tiny",
  device: "llvmpipe",
  parameters: 1000,
  examples: 880,
  batchSize: 2,
  epochs: 1,
  totalSteps: 440,
  startStep: 0,
};

export const PROGRESS: Progress = {
  step: 110,
  totalSteps: 440,
  epoch: 0.25,
  loss: 0.0604,
  gradientNorm: 0.5578,
  learningRate: 4.01e-5,
  pairsPerSecond: 812,
  tokensPerSecond: 24_130,
  secondsLeft: 83,
};

/**
 * One optimizer step. Nothing in it waits for the GPU.
 *
 * @module
 */
import type { Gpu } from "../gpu/device.ts";
import { Tensor } from "../gpu/tensor.ts";
import { Tape, type TapeOptions } from "../ops/tape.ts";
import type { GradientNorm } from "../optim/clip_grad_norm.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import type { ScheduledScalars, StepControl } from "../optim/step_control.ts";
import { type ComputedLoss, computeLoss, type LossBatch, type RunModels } from "./compute_loss.ts";
import { gradCache } from "./grad_cache.ts";

/** What a step works with. */
export interface TrainStepInputs {
  /** The models; that which is trained changes. */
  models: RunModels;
  /** Changes the parameters. */
  optimizer: Optimizer;
  /** Measures and limits the gradient. */
  gradientNorm: GradientNorm;
  /** Scales the loss, skips steps, chooses the learning rate. */
  control: StepControl;
  /** The norm above which gradients are scaled down; 0 for none. */
  maxGradNorm: number;
  /** What the update will find: see {@linkcode StepControl.decide}. */
  schedule: { first: number; rows: readonly (readonly ScheduledScalars[])[] };
  /** How tapes run: seed, precision, noise. */
  tape: Omit<TapeOptions, "recording" | "step">;
  /** Share of the target that is spread over all candidates. */
  labelSmoothing: number;
  /** Number of the first batch in the run, for random bits. */
  firstBatch: number;
  /** The batches whose gradients are averaged. */
  batches: readonly LossBatch[];
  /** Receives the loss of every batch and, with the last, the gradient's norm; valid during the call. */
  report: (batch: LossBatch, loss: ComputedLoss, norm: Tensor | null) => void;
  /** Told between batches, before and after the update. */
  hooks?: TrainStepHooks;
}

/** What may happen within a step. */
export interface TrainStepHooks {
  /** After each batch but the last. */
  readonly substepEnd?: () => Promise<void>;
  /** Before the update. */
  readonly preOptimizerStep?: () => Promise<void>;
  /** After the update. */
  readonly optimizerStep?: () => Promise<void>;
}

/**
 * Embeds, compares, differentiates, clips and updates.
 *
 * @param inputs Models, objectives, optimizer and batches.
 */
export async function trainStep(inputs: TrainStepInputs): Promise<void> {
  const { models: { model: { gpu } }, control, batches, report, hooks = {} } = inputs;
  for (const [i, part] of batches.entries()) {
    const { loss, room } = differentiate(inputs, part, i);
    if (i < batches.length - 1) {
      report(part, loss, null);
      if (hooks.substepEnd) await hooks.substepEnd();
    } else {
      const measured = inputs.gradientNorm.measure(inputs.maxGradNorm, control.scale);
      control.decide(measured, inputs.schedule);
      if (hooks.preOptimizerStep) await hooks.preOptimizerStep();
      inputs.optimizer.step(control);
      report(part, loss, measured.norm);
      if (hooks.optimizerStep) await hooks.optimizerStep();
    }
    gpu.release(room);
    gpu.recorder.submit();
  }
}

/** Adds the gradients of a batch; its loss outlives its tape. */
function differentiate(
  { models, control, batches, labelSmoothing, ...inputs }: TrainStepInputs,
  part: LossBatch,
  index: number,
): { loss: ComputedLoss; room: Tensor } {
  const { gpu } = models.model;
  const options = { ...inputs.tape, step: inputs.firstBatch + index };
  const scale = control.seed(1 / batches.length);
  const room = gpu.tensor([1 + (part.loss.components?.length ?? 0)], "loss");
  if (part.loss.wants?.cache) {
    const report = (loss: ComputedLoss) => keep(gpu, loss, room);
    gradCache({ models, part, tape: options, scale, labelSmoothing, report });
  } else {
    const tape = new Tape(gpu, { ...options, recording: true });
    try {
      const loss = computeLoss(tape, models, part, { labelSmoothing });
      keep(gpu, loss, room);
      tape.backward(loss.value, scale);
    } finally {
      tape.end();
    }
  }
  const [value, ...components] = Array.from({ length: room.size }, (_, i) => scalarOf(room, i));
  return { loss: { value, components }, room };
}

function keep({ recorder }: Gpu, { value, components }: ComputedLoss, room: Tensor): void {
  [value, ...components].forEach((scalar, i) => recorder.copyInto(scalar, room, i));
}

function scalarOf({ allocation, label }: Tensor, index: number): Tensor {
  return new Tensor({ allocation, byteOffset: 4 * index, shape: [], label });
}

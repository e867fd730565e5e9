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
import { gatheredLoss } from "./parallel/gathered_loss.ts";
import { ShardedOptimizer } from "./parallel/sharded_optimizer.ts";
import type { StepCounts, StepExchange } from "./parallel/step_exchange.ts";

/** What a step works with. */
export interface TrainStepInputs {
  /** The models; that which is trained changes. */
  models: RunModels;
  /** Changes the parameters. */
  optimizer: Optimizer;
  /** Measures and limits the gradient. */
  gradientNorm: GradientNorm;
  /** Looks at the gradients before the update, given their norm. Default: nobody does. */
  look?: (norm: Tensor) => void;
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
  /** Tells other ranks of gradients and losses. Default: null, there is one process. */
  exchange?: StepExchange | null;
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
 * @returns What the ranks went over together; null where there is one process.
 */
export async function trainStep(inputs: TrainStepInputs): Promise<StepCounts | null> {
  const { models: { model: { gpu } }, control, batches, report, hooks = {} } = inputs;
  const { exchange = null } = inputs;
  // Among several ranks, the losses of a step are known at its end.
  const waiting: { part: LossBatch; loss: ComputedLoss; room: Tensor }[] = [];
  let counts: StepCounts | null = null;
  for (const [i, part] of batches.entries()) {
    const { loss, room } = await differentiate(inputs, part, i);
    if (i < batches.length - 1) {
      if (exchange === null) report(part, loss, null);
      else waiting.push({ part, loss, room });
      if (hooks.substepEnd) await hooks.substepEnd();
      if (exchange !== null) {
        gpu.recorder.submit();
        continue;
      }
    } else {
      if (exchange !== null) {
        counts = await exchange.reduce([...waiting, { part, room }]);
        for (const { part, loss, room } of waiting) {
          report(part, loss, null);
          gpu.release(room);
        }
      }
      using _span = gpu.recorder.spans?.open("record update");
      const measured = inputs.gradientNorm.measure(inputs.maxGradNorm, control.scale);
      inputs.look?.(measured.norm);
      control.decide(measured, inputs.schedule);
      if (hooks.preOptimizerStep) await hooks.preOptimizerStep();
      inputs.optimizer.step(control);
      if (inputs.optimizer instanceof ShardedOptimizer) await inputs.optimizer.share();
      report(part, loss, measured.norm);
      if (hooks.optimizerStep) await hooks.optimizerStep();
    }
    gpu.release(room);
    gpu.recorder.submit();
  }
  return counts;
}

/** Adds the gradients of a batch; its loss outlives its tape. */
async function differentiate(
  { models, control, batches, labelSmoothing, exchange = null, ...inputs }: TrainStepInputs,
  part: LossBatch,
  index: number,
): Promise<{ loss: ComputedLoss; room: Tensor }> {
  const { gpu } = models.model;
  const options = { ...inputs.tape, step: inputs.firstBatch + index };
  // A loss over the rows of all ranks is the same on all of them.
  const gathers = exchange !== null && part.loss.wants?.gather === true;
  const scale = control.seed((gathers ? 1 : part.weight ?? 1) / batches.length);
  const room = gpu.tensor([1 + (part.loss.components?.length ?? 0)], "loss");
  if (gathers) {
    const report = (loss: ComputedLoss) => keep(gpu, loss, room);
    const gathered = { models, part, tape: options, scale, labelSmoothing, report };
    await gatheredLoss(gathered, exchange.group);
  } else if (part.loss.wants?.cache) {
    const report = (loss: ComputedLoss) => keep(gpu, loss, room);
    gradCache({ models, part, tape: options, scale, labelSmoothing, report });
  } else {
    const isLast = exchange !== null && index === batches.length - 1;
    const observe = options.observe ?? (isLast ? exchange.observer(part.loss) : undefined);
    const tape = new Tape(gpu, { ...options, observe, recording: true });
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

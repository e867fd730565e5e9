/**
 * What is decided about a step on the GPU: how far gradients are scaled and clipped, whether the step is
 * skipped, which learning rate applies. The host never waits for it.
 *
 * @module
 */
import source from "../../shaders/optim/step_control.wgsl" with { type: "text" };
import type { Gpu } from "../gpu/device.ts";
import { Kernel } from "../gpu/kernel.ts";
import { Tensor } from "../gpu/tensor.ts";
import type { ClippedNorm } from "./clip_grad_norm.ts";

/** Up to four numbers of an update that follow from its number; the first is the learning rate. */
export type ScheduledScalars = readonly [number, number?, number?, number?];

/** What a checkpoint keeps of a {@linkcode StepControl}. */
export interface StepControlState {
  /** Factor of the loss; 1 without loss scaling. */
  scale: number;
  /** Finite steps since the scale changed. */
  growthTracker: number;
  /** Updates done. */
  updates: number;
  /** Steps that were skipped because a gradient was not finite. */
  skipped: number;
}

const WIDTH = 4;
const DECIDE = new Kernel({ name: "optim/step_control", source, entryPoint: "decide" });
const SCALE_LOSS = new Kernel({ name: "optim/step_control", source, entryPoint: "scale_loss" });

/** The most updates between which the host cannot tell. */
const ROWS = 256;

/** The first scale of the loss, as `torch.cuda.amp.GradScaler`. */
const FIRST_SCALE = 65536;

/**
 * Scalars of a step that live on the GPU. With loss scaling, it does what `torch.cuda.amp.GradScaler` does:
 * a step whose gradients are not finite is skipped and halves the scale, 2,000 finite steps in a row
 * double it; the learning rate follows the updates, not the skipped steps.
 */
export class StepControl {
  /** Read by optimizers: see `shaders/lib/step_control.wgsl`. */
  readonly choice: Tensor;
  /** Scale, finite steps in a row, updates done, steps skipped. */
  readonly state: Tensor;
  /** Steps skipped so far, a scalar on the GPU. */
  readonly skipped: Tensor;
  /** Whether the loss is scaled. */
  readonly scaling: boolean;
  readonly #gpu: Gpu;
  readonly #groups: number;
  readonly #seed: Tensor;
  readonly #table: Tensor;

  /**
   * No update done.
   *
   * @param gpu The device.
   * @param options Number of learning rates, and whether the loss is scaled (default: no).
   */
  constructor(gpu: Gpu, { groups, scaling = false }: { groups: number; scaling?: boolean }) {
    this.#gpu = gpu;
    this.#groups = groups;
    this.scaling = scaling;
    this.choice = gpu.tensor([WIDTH + groups * WIDTH], "step control");
    this.state = gpu.tensor([WIDTH], "step state");
    const { allocation, byteOffset } = this.state;
    const label = "skipped steps";
    this.skipped = new Tensor({ allocation, byteOffset: byteOffset + 12, shape: [], label });
    this.#seed = gpu.tensor([], "scaled loss gradient");
    this.#table = gpu.tensor([ROWS * groups * WIDTH], "scheduled scalars");
    this.restore({ scale: scaling ? FIRST_SCALE : 1, growthTracker: 0, updates: 0, skipped: 0 });
  }

  /** The scale of the loss, a scalar on the GPU: what gradients must be divided by. */
  get scale(): Tensor {
    return this.scaling ? this.state : this.#gpu.constant(1);
  }

  /**
   * The gradient of the loss to begin backward with: the scale times a factor.
   *
   * @param factor 1 / n where n micro-batches make a step.
   * @returns A number, or a scalar on the GPU that is valid until the next call.
   */
  seed(factor: number): number | Tensor {
    if (!this.scaling) return factor;
    this.#gpu.recorder.dispatch(SCALE_LOSS, {
      tensors: { scale: this.state, seed: this.#seed },
      params: { base: 0, rows: 0, width: 0, scaling: 1, factor },
      workgroups: [1],
    });
    return this.#seed;
  }

  /**
   * Records the decision about a step.
   *
   * @param measured Norm and coefficient of its gradients.
   * @param schedule What the update will find if `first`, `first + 1`, ... updates were done before
   *   it: for each the scalars of every group. Without loss scaling one entry suffices.
   */
  decide(
    { norm, coefficient }: ClippedNorm,
    schedule: { first: number; rows: readonly (readonly ScheduledScalars[])[] },
  ): void {
    const width = this.#groups * WIDTH;
    const { first, rows } = schedule;
    const data = new Float32Array(rows.length * width);
    rows.forEach((groups, row) =>
      groups.forEach((scalars, group) =>
        data.set(scalars.map((value) => value ?? 0), row * width + group * WIDTH)
      )
    );
    if (data.length > this.#table.size) {
      throw new RangeError(
        `Cannot decide a step: found ${rows.length} rows, wanted at most ${ROWS}`,
      );
    }
    // The step before is submitted, and nothing of this one reads the table yet.
    this.#gpu.recorder.write(this.#table.allocation, this.#table.byteOffset, data);
    this.#gpu.recorder.dispatch(DECIDE, {
      tensors: { norm, coefficient, table: this.#table, state: this.state, choice: this.choice },
      params: {
        base: first,
        rows: rows.length,
        width,
        scaling: this.scaling ? 1 : 0,
        factor: 1,
      },
      workgroups: [1],
    });
  }

  /** Waits for the GPU and reads the state. */
  async read(): Promise<StepControlState> {
    const [scale, growthTracker, updates, skipped] = await this.#gpu.read(this.state);
    return { scale, growthTracker, updates, skipped };
  }

  /** Puts a state back. */
  restore({ scale, growthTracker, updates, skipped }: StepControlState): void {
    this.#gpu.recorder.upload(
      this.state,
      Float32Array.of(this.scaling ? scale : 1, growthTracker, updates, skipped),
    );
  }

  /** Returns its memory. */
  destroy(): void {
    this.#gpu.release(this.choice, this.state, this.#seed, this.#table);
  }
}

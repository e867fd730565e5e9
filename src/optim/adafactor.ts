/**
 * The optimizer Adafactor.
 *
 * @module
 */
import source from "../../shaders/optim/adafactor.wgsl" with { type: "text" };
import type { AdapterKind, Gpu } from "../gpu/device.ts";
import { Kernel } from "../gpu/kernel.ts";
import type { Parameter } from "../gpu/parameter_slab.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import { sizeOf, type Tensor } from "../gpu/tensor.ts";
import type { Optimizer, StateArray, StateReader } from "./optimizer.ts";
import type { ParameterGroups, ParameterSegment } from "./parameter_groups.ts";
import { readFloats } from "./read_state.ts";
import type { ScheduledScalars, StepControl } from "./step_control.ts";
import { zeroState } from "./zero_state.ts";

/** Settings of {@linkcode Adafactor}. */
export interface AdafactorOptions {
  /** Share of a decayed parameter that goes, times the learning rate. */
  weightDecay: number;
  /** The kind of kernel. Default: the adapter's. */
  kind?: AdapterKind;
}

/** Added to squared gradients; the second of upstream's pair serves only scale_parameter. */
const EPSILON = 1e-30;
/** The root mean square that an update is brought down to. */
const CLIP = 1;
const DECAY_RATE = -0.8;

const THREADS = 64;
const MEASURERS = 4096;
/** Most runs of rows whose column sums are taken side by side. */
const SHARES = 64;
const LANES: Readonly<Record<AdapterKind, number>> = { gpu: 32, software: 1 };

const kernel = (entryPoint: string, overrides: Readonly<Record<string, number>> = {}) =>
  new Kernel({ name: "optim/adafactor", source, entryPoint, overrides });
const REDUCE_ROWS: Readonly<Record<AdapterKind, Kernel>> = {
  gpu: kernel("reduce_rows", { LANES: LANES.gpu }),
  software: kernel("reduce_rows", { LANES: LANES.software }),
};
const REDUCE_COLUMNS = kernel("reduce_columns");
const FINISH_MOMENTS = kernel("finish_moments");
const MEASURE = kernel("measure", { MEASURERS });
const FINISH_STEP = kernel("finish_step", { MEASURERS });
const APPLY = kernel("apply");
const VECTOR = kernel("vector");

/** A tensor as files name it, with its states by the shader's variables. */
interface FactoredPart {
  readonly name: string;
  readonly shape: readonly number[];
  /** Where it begins in its parameter. Unit: elements. */
  readonly first: number;
  readonly parameter: Parameter;
  readonly segment: ParameterSegment;
  readonly states: Readonly<Record<string, Tensor>>;
}

/** Names of the states in files, by the shader's variables. */
const STATES: Readonly<Record<string, string>> = {
  row_moment: "exp_avg_sq_row",
  column_moment: "exp_avg_sq_col",
  moment: "exp_avg_sq",
};

/**
 * Adafactor with the settings of transformers' Trainer: no first moment, the learning rate as it is given
 * (`scale_parameter`, `relative_step` and `warmup_init` off), updates clipped at a root mean square of 1,
 * decoupled weight decay. The second moment of a matrix is kept as means over rows and columns. Parts of a
 * fused parameter are matrices of their own. Source: Shazeer and Stern, "Adafactor: Adaptive Learning Rates
 * with Sublinear Memory Cost", 2018.
 */
export class Adafactor implements Optimizer {
  readonly #gpu: Gpu;
  readonly #weightDecay: number;
  readonly #kind: AdapterKind;
  readonly #parts: readonly FactoredPart[];
  readonly #scratch: Readonly<Record<string, Tensor>>;

  /**
   * States of zero.
   *
   * @param gpu The device.
   * @param groups The parameters.
   * @param options Its settings.
   * @throws {RangeError} If a parameter has more than two axes.
   */
  constructor(
    gpu: Gpu,
    { segments }: ParameterGroups,
    { weightDecay, kind = gpu.kind }: AdafactorOptions,
  ) {
    this.#gpu = gpu;
    this.#weightDecay = weightDecay;
    this.#kind = kind;
    this.#parts = segments.flatMap((segment) =>
      segment.parameters.flatMap((parameter) => createParts(gpu, segment, parameter))
    );
    const shares = this.#parts.filter(isMatrix).map(({ shape }) => {
      const { shares, quads } = shareOut(shape);
      return shares * quads * 4;
    });
    this.#scratch = {
      column_shares: gpu.tensor([Math.max(4, ...shares)], "shares of column sums"),
      measured: gpu.tensor([MEASURERS], "shares of squared updates"),
      totals: gpu.tensor([2], "totals of an update"),
    };
  }

  /** What the states take on the GPU. Unit: bytes. */
  get stateBytes(): number {
    return this.#parts.flatMap(({ states }) => Object.values(states))
      .reduce((sum, { allocation }) => sum + allocation.bytes, 0);
  }

  /** Numbers of an update. */
  scalars(step: number, learningRate: number): ScheduledScalars {
    const rest = step ** DECAY_RATE;
    return [learningRate, 1 - rest, rest, 1 - learningRate * this.#weightDecay];
  }

  /** Records one update. */
  step({ choice: control }: StepControl): void {
    for (const part of this.#parts) this.#stepPart(part, control);
  }

  /** Reads the states back. */
  async download(): Promise<Map<string, StateArray>> {
    const tensors = new Map<string, StateArray>();
    for (const { name, states } of this.#parts) {
      for (const [variable, tensor] of Object.entries(states)) {
        const data = await this.#gpu.read(tensor);
        tensors.set(`${STATES[variable]}.${name}`, { shape: tensor.shape, data });
      }
    }
    return tensors;
  }

  /** Puts states back. */
  upload(read: StateReader): void {
    for (const { name, states } of this.#parts) {
      for (const [variable, tensor] of Object.entries(states)) {
        const data = readFloats(read, `${STATES[variable]}.${name}`, tensor.shape);
        this.#gpu.recorder.upload(tensor, data);
      }
    }
  }

  /** Frees the states. */
  destroy(): void {
    for (const { states } of this.#parts) {
      for (const { allocation } of Object.values(states)) allocation.buffer.destroy();
    }
    this.#gpu.release(...Object.values(this.#scratch));
  }

  #stepPart(part: FactoredPart, control: Tensor): void {
    const { shape, first, parameter: { value }, segment: { group, decay }, states } = part;
    const { recorder } = this.#gpu;
    const [rows, columns] = isMatrix(part) ? shape : [1, sizeOf(shape)];
    const { shares, quads } = shareOut([rows, columns]);
    const count = rows * columns;
    const params = {
      group,
      decay: decay ? 1 : 0,
      first,
      count,
      rows,
      columns,
      shares,
      share_rows: Math.ceil(rows / shares),
      epsilon: EPSILON,
      clip: CLIP,
    };
    const tensors = {
      values: value,
      gradients: value.gradient!,
      control,
      ...states,
      ...this.#scratch,
    };
    const run = (kernel: Kernel, threads: number) =>
      recorder.dispatch(kernel, {
        tensors,
        params,
        workgroups: foldWorkgroups(Math.ceil(threads / THREADS)),
      });
    if (!isMatrix(part)) return run(VECTOR, 1);
    run(REDUCE_ROWS[this.#kind], rows * LANES[this.#kind]);
    run(REDUCE_COLUMNS, shares * quads);
    run(FINISH_MOMENTS, 1);
    run(MEASURE, MEASURERS);
    run(FINISH_STEP, 1);
    run(APPLY, Math.ceil((first + count) / 4) - Math.floor(first / 4));
  }
}

function isMatrix({ shape }: Pick<FactoredPart, "shape">): boolean {
  return shape.length === 2;
}

function createParts(gpu: Gpu, segment: ParameterSegment, parameter: Parameter): FactoredPart[] {
  let first = 0;
  return parameter.init.parts.map(({ name, shape }) => {
    if (shape.length > 2) {
      throw new RangeError(
        `Cannot run Adafactor on "${name}" [${shape}]: found ${shape.length} axes, wanted 1 or 2`,
      );
    }
    const state = (variable: string, extents: readonly number[]): Record<string, Tensor> => ({
      [variable]: zeroState(gpu, extents, { label: `${STATES[variable]}.${name}` }),
    });
    const states = shape.length === 2
      ? { ...state("row_moment", [shape[0]]), ...state("column_moment", [shape[1]]) }
      : state("moment", shape);
    const part = { name, shape, first, parameter, segment, states };
    first += sizeOf(shape);
    return part;
  });
}

/** Into how many runs of rows a matrix is divided, and the vectors of four in a row. */
function shareOut([rows, columns]: readonly number[]): { shares: number; quads: number } {
  return { shares: Math.min(rows, SHARES), quads: Math.ceil(columns / 4) };
}

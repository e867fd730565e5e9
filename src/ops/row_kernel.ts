/**
 * Kernels that reduce rows, in one variant for each kind of adapter: `shaders/lib/rows.wgsl`.
 *
 * @module
 */
import type { Gpu } from "../gpu/device.ts";
import { Kernel, type KernelInit } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import type { Tensor } from "../gpu/tensor.ts";

const THREADS = 64;
const GPU_LANES = 32;

/** One run of a {@linkcode RowKernel}. */
export interface RowDispatch {
  /** Tensors by the names of the shader's storage variables. */
  tensors: Readonly<Record<string, Tensor>>;
  /** Values by the names of the uniform struct's fields. */
  params: Readonly<Record<string, number>>;
  /** How many rows there are. */
  rows: number;
  /** Threads that share a row, a power of 2 up to 64. Default: 32 on a GPU, a subgroup's or 1 in software. */
  lanes?: number;
}

/** A kernel whose rows are shared by a choice of lanes, which meet in their subgroup where they are one. */
export class RowKernel {
  readonly #init: KernelInit;
  readonly #kernels = new Map<string, Kernel>();

  /**
   * Compiles nothing.
   *
   * @param init The shader and its entry point.
   */
  constructor(init: KernelInit) {
    this.#init = init;
  }

  /**
   * Records one run.
   *
   * @param gpu The device.
   * @param dispatch Tensors, uniforms and rows.
   */
  dispatch(gpu: Gpu, { tensors, params, rows, lanes = defaultLanes(gpu) }: RowDispatch): void {
    const kernel = this.#kernel(lanes, lanes === gpu.lanes);
    const workgroups = foldWorkgroups(Math.ceil(rows * lanes / THREADS));
    gpu.recorder.dispatch(kernel, { tensors, params, workgroups });
  }

  #kernel(lanes: number, isSubgroup: boolean): Kernel {
    const key = `${lanes} ${isSubgroup}`;
    let kernel = this.#kernels.get(key);
    if (kernel === undefined) {
      kernel = new Kernel({
        ...this.#init,
        overrides: { ...this.#init.overrides, LANES: lanes },
        imports: isSubgroup ? { "lib/row_sums": "lib/row_sums_subgroup" } : {},
      });
      this.#kernels.set(key, kernel);
    }
    return kernel;
  }
}

function defaultLanes({ kind, lanes }: Gpu): number {
  if (kind === "gpu") return GPU_LANES;
  return THREADS % Math.max(1, lanes) === 0 ? Math.max(1, lanes) : 1;
}

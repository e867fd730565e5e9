/**
 * Which gradient was the first that is not finite. The GPU marks it in the step where it happens; the host
 * reads the mark when the numbers of that step have come to it.
 *
 * @module
 */
import source from "../../shaders/optim/bad_gradient.wgsl" with { type: "text" };
import type { Gpu } from "../gpu/device.ts";
import { Kernel } from "../gpu/kernel.ts";
import type { Parameter, ParameterStore } from "../gpu/parameter_slab.ts";
import { ELEMENT_BYTES, type Tensor } from "../gpu/tensor.ts";

/** Threads that share a slab. */
const THREADS = 4096;
/** Where no step is marked. */
const NEVER = 0xffffffff;

const MARK = new Kernel({
  name: "optim/bad_gradient",
  source,
  entryPoint: "mark",
  overrides: { THREADS },
});

/** A gradient that is not finite. */
export interface BadGradientPlace {
  /** The step, as it was named. */
  readonly step: number;
  /** The parameter whose gradient it is: the first such one of the backward pass. */
  readonly name: string;
}

/** Remembers the first gradient that is not finite. */
export class BadGradient {
  /** Whether steps are looked at. */
  isLooking: boolean;
  readonly #gpu: Gpu;
  readonly #stores: readonly ParameterStore[];
  readonly #marks: Tensor;

  /**
   * Nothing is marked.
   *
   * @param gpu The device.
   * @param stores The parameters; those of the objective come after those of the model.
   * @param options Whether steps are looked at from the beginning. Default: yes.
   */
  constructor(
    gpu: Gpu,
    stores: readonly ParameterStore[],
    { isLooking = true }: { isLooking?: boolean } = {},
  ) {
    this.isLooking = isLooking;
    this.#gpu = gpu;
    this.#stores = stores;
    const slabs = stores.flatMap((store) => store.slabs).length;
    const none = Uint32Array.from({ length: 2 * slabs }, (_, i) => i % 2 === 0 ? NEVER : 0);
    this.#marks = gpu.upload([2 * slabs], none, "marks of bad gradients");
  }

  /**
   * Records a look at the gradients. Where their norm is finite, it reads none of them.
   *
   * @param norm Their norm, on the GPU.
   * @param step The number of the step; greater than that of any look before.
   */
  look(norm: Tensor, step: number): void {
    if (!this.isLooking) return;
    this.#stores.flatMap(({ slabs }) => slabs).forEach(({ gradients }, slot) => {
      const groups = Math.min(THREADS / 64, Math.ceil(gradients.size / 64));
      this.#gpu.recorder.dispatch(MARK, {
        tensors: { gradients, norm, marks: this.#marks },
        params: { size: gradients.size, slot, step },
        workgroups: [groups],
      });
    });
  }

  /**
   * Waits for the GPU and finds the mark.
   *
   * @returns Where a gradient was first not finite; null where none was.
   */
  async find(): Promise<BadGradientPlace | null> {
    const marks = await this.#gpu.readIntegers(this.#marks);
    const slabs = this.#stores.flatMap((store) => store.slabs.map((slab) => ({ store, slab })));
    const step = Math.min(...slabs.map((_, slot) => marks[2 * slot]));
    if (step === NEVER) return null;
    // The backward pass comes to parameters in the reverse order of their declaration.
    let found: { order: readonly [number, number]; name: string } | null = null;
    for (const [slot, { store, slab }] of slabs.entries()) {
      if (marks[2 * slot] !== step) continue;
      const index = lastBefore(store.parameters, slab.values, marks[2 * slot + 1] - 1);
      const order = [this.#stores.indexOf(store), index] as const;
      const isLater = found === null || order[0] > found.order[0] ||
        order[0] === found.order[0] && order[1] > found.order[1];
      if (isLater) found = { order, name: store.parameters[index].name };
    }
    return { step, name: found!.name };
  }

  /** Returns its memory. */
  destroy(): void {
    this.#gpu.release(this.#marks);
  }
}

/** The parameter of a slab that an element belongs to. */
function lastBefore(parameters: readonly Parameter[], slab: Tensor, element: number): number {
  return parameters.findLastIndex(({ value }) =>
    value.allocation === slab.allocation && value.byteOffset <= element * ELEMENT_BYTES
  );
}

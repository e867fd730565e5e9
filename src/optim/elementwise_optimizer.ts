/**
 * Optimizers that treat every element of every parameter alike: one dispatch a piece of a slab.
 *
 * @module
 */
import type { Gpu } from "../gpu/device.ts";
import type { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import { ELEMENT_BYTES, type Tensor } from "../gpu/tensor.ts";
import type { Optimizer, StateArray, StateReader } from "./optimizer.ts";
import {
  allocateLike,
  type ParameterGroups,
  type ParameterSegment,
  partsOf,
} from "./parameter_groups.ts";
import { readFloats } from "./read_state.ts";
import type { ScheduledScalars, StepControl } from "./step_control.ts";

/** What tells one such optimizer from another. */
export interface UpdateRule {
  /** The kernel; a thread owns four neighbours. */
  readonly kernel: Kernel;
  /** The name in files of each state, by the shader's variable. */
  readonly states: Readonly<Record<string, string>>;
  /** Uniforms that hold for the whole run. */
  readonly params: Readonly<Record<string, number>>;
  /** Numbers of an update: see {@linkcode Optimizer.scalars}. */
  readonly scalars: (step: number, learningRate: number) => ScheduledScalars;
}

/** Changes parameters element by element by a rule. States begin as zero. */
export class ElementwiseOptimizer implements Optimizer {
  readonly #gpu: Gpu;
  readonly #rule: UpdateRule;
  readonly #segments: readonly ParameterSegment[];
  /** For each piece, its states by the shader's variables. */
  readonly #states: readonly Readonly<Record<string, Tensor>>[];

  /**
   * States of zero.
   *
   * @param gpu The device.
   * @param groups The parameters.
   * @param rule How they change.
   */
  constructor(gpu: Gpu, { segments }: ParameterGroups, rule: UpdateRule) {
    this.#gpu = gpu;
    this.#rule = rule;
    this.#segments = segments;
    this.#states = segments.map((segment) =>
      Object.fromEntries(
        Object.entries(rule.states).map(([variable, name]) => [
          variable,
          allocateLike(gpu, segment, name),
        ]),
      )
    );
  }

  /** What the states take on the GPU. Unit: bytes. */
  get stateBytes(): number {
    return this.#states.flatMap((states) => Object.values(states))
      .reduce((sum, { allocation }) => sum + allocation.bytes, 0);
  }

  /** Numbers of an update. */
  scalars(step: number, learningRate: number): ScheduledScalars {
    return this.#rule.scalars(step, learningRate);
  }

  /** Records one update. */
  step({ choice: control }: StepControl): void {
    const { kernel, params } = this.#rule;
    this.#segments.forEach(({ values, gradients, decay, group }, i) => {
      const quads = values.size / 4;
      this.#gpu.recorder.dispatch(kernel, {
        tensors: { values, gradients, control, ...this.#states[i] },
        params: { ...params, quads, group, decay: decay ? 1 : 0 },
        workgroups: foldWorkgroups(Math.ceil(quads / 64)),
      });
    });
  }

  /** Reads the states back. */
  async download(): Promise<Map<string, StateArray>> {
    const tensors = new Map<string, StateArray>();
    for (const [variable, state] of Object.entries(this.#rule.states)) {
      for (const [i, segment] of this.#segments.entries()) {
        const values = await this.#gpu.read(this.#states[i][variable]);
        for (const { name, shape, offset } of partsOf(segment)) {
          const size = shape.reduce((product, extent) => product * extent, 1);
          tensors.set(`${state}.${name}`, { shape, data: values.slice(offset, offset + size) });
        }
      }
    }
    return tensors;
  }

  /** Puts states back. */
  upload(read: StateReader): void {
    this.#gpu.recorder.submit();
    for (const [variable, state] of Object.entries(this.#rule.states)) {
      this.#segments.forEach((segment, i) => {
        const { allocation, byteOffset } = this.#states[i][variable];
        for (const { name, shape, offset } of partsOf(segment)) {
          const data = readFloats(read, `${state}.${name}`, shape);
          this.#gpu.recorder.write(allocation, byteOffset + offset * ELEMENT_BYTES, data);
        }
      });
    }
  }

  /** Frees the states. */
  destroy(): void {
    for (const states of this.#states) {
      for (const { allocation } of Object.values(states)) allocation.buffer.destroy();
    }
  }
}

/**
 * What every optimizer offers.
 *
 * @module
 */
import type { ScheduledScalars, StepControl } from "./step_control.ts";

/** A tensor of an optimizer's state: floats, or codes of a byte. */
export interface StateArray {
  /** Extents, outermost first. */
  readonly shape: readonly number[];
  /** Elements, row-major. */
  readonly data: Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;
}

/** Changes parameters by their gradients. */
export interface Optimizer {
  /** What the states take on the GPU, the gaps between parameters included. Unit: bytes. */
  readonly stateBytes: number;
  /**
   * The numbers that differ from step to step.
   *
   * @param step The number of the update, from 1.
   * @param learningRate Its learning rate.
   * @returns What the kernels find in the control of the step; the first is the learning rate.
   */
  scalars(step: number, learningRate: number): ScheduledScalars;
  /**
   * Records one update; the gradients are zero afterwards. An update that the control skips changes
   * nothing else.
   *
   * @param control What `StepControl.decide` chose for this step.
   */
  step(control: StepControl): void;
  /**
   * Reads the state back.
   *
   * @returns Tensors as `STATE.PARAMETER`, with the names of PyTorch's states.
   */
  download(): Promise<Map<string, StateArray>>;
  /**
   * Puts a state back.
   *
   * @param read Gives a tensor of the state by name, checked to be of that shape.
   */
  upload(read: StateReader): void;
  /** Frees the state. */
  destroy(): void;
}

/** Gives the elements of a tensor of an optimizer's state by its name. */
export type StateReader = (name: string, shape: readonly number[]) => ArrayBufferView;

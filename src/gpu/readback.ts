/**
 * Values from the GPU back to the host. A wait costs about 11 ms in Deno, so a training step never
 * waits: it puts its few numbers into a log on the GPU, and many steps are read at once.
 *
 * @module
 */
import type { Recorder } from "./recorder.ts";
import { ELEMENT_BYTES, type Tensor } from "./tensor.ts";

/**
 * Submits what is recorded, waits, and returns a tensor's bytes.
 *
 * @param device The device.
 * @param recorder Its recorder.
 * @param tensor What to read.
 * @returns The bytes.
 */
export async function readBack(
  device: GPUDevice,
  recorder: Recorder,
  tensor: Tensor,
): Promise<ArrayBuffer> {
  using _span = recorder.spans?.open("read back");
  const staging = device.createBuffer({
    size: Math.max(ELEMENT_BYTES, tensor.bytes),
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  });
  try {
    recorder.encoder().copyBufferToBuffer(
      tensor.allocation.buffer,
      tensor.byteOffset,
      staging,
      0,
      tensor.bytes,
    );
    recorder.submit();
    await staging.mapAsync(GPUMapMode.READ);
    return staging.getMappedRange(0, Math.max(ELEMENT_BYTES, tensor.bytes)).slice(0, tensor.bytes);
  } finally {
    staging.destroy();
  }
}

/** The numbers of one step, read late. */
export interface StepValues {
  /** What the caller named the step. */
  step: number;
  /** One number for each tensor that was pushed. */
  values: number[];
}

/** A log of scalars on the GPU: written in every step, read once in many. */
export class ScalarLog {
  readonly #device: GPUDevice;
  readonly #recorder: Recorder;
  readonly #width: number;
  readonly #capacity: number;
  readonly #staging: GPUBuffer;
  #steps: number[] = [];

  /**
   * An empty log.
   *
   * @param device The device.
   * @param recorder Its recorder.
   * @param width Scalars a step.
   * @param capacity Steps that fit between two reads.
   */
  constructor(device: GPUDevice, recorder: Recorder, width: number, capacity = 64) {
    this.#device = device;
    this.#recorder = recorder;
    this.#width = width;
    this.#capacity = capacity;
    this.#staging = this.#device.createBuffer({
      label: "scalar log",
      size: width * capacity * ELEMENT_BYTES,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
  }

  /** Steps that wait to be read. */
  get length(): number {
    return this.#steps.length;
  }

  /** Whether the next push needs a read first. */
  get full(): boolean {
    return this.#steps.length === this.#capacity;
  }

  /**
   * Records that a step's scalars are kept.
   *
   * @param step The step's number.
   * @param scalars As many as the log is wide.
   * @throws {RangeError} If the log is full.
   */
  push(step: number, scalars: readonly Tensor[]): void {
    if (this.full) throw new RangeError("Cannot log a step: the log is full, drain it first");
    const encoder = this.#recorder.encoder();
    scalars.forEach((scalar, i) => {
      const at = (this.#steps.length * this.#width + i) * ELEMENT_BYTES;
      const { allocation, byteOffset } = scalar;
      encoder.copyBufferToBuffer(allocation.buffer, byteOffset, this.#staging, at, ELEMENT_BYTES);
    });
    this.#steps.push(step);
  }

  /**
   * Submits, waits for the GPU and returns what was pushed since the last call.
   *
   * @returns The steps in order.
   */
  async drain(): Promise<StepValues[]> {
    const steps = this.#steps;
    if (steps.length === 0) return [];
    this.#steps = [];
    using _span = this.#recorder.spans?.open("read back");
    this.#recorder.submit();
    await this.#staging.mapAsync(GPUMapMode.READ);
    const values = new Float32Array(this.#staging.getMappedRange().slice(0));
    this.#staging.unmap();
    return steps.map((step, i) => ({
      step,
      values: [...values.subarray(i * this.#width, (i + 1) * this.#width)],
    }));
  }

  /** Frees the staging buffer. */
  destroy(): void {
    this.#staging.destroy();
  }
}

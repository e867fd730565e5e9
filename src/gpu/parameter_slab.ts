/**
 * Named parameters as aligned windows of few large buffers. Values, gradients and the optimizer's
 * moments share one layout, so that an update is one dispatch a slab.
 *
 * @module
 */
import { DeviceError } from "../errors.ts";
import type { Gpu } from "./device.ts";
import { type Allocation, allocation, ELEMENT_BYTES, sizeOf, Tensor } from "./tensor.ts";

/** A named row range of a parameter, as a file stores it. */
export interface ParameterPart {
  /** The name in a file. */
  name: string;
  /** Extents; all but the first are the parameter's. */
  shape: readonly number[];
}

/** What a module declares. */
export interface ParameterInit {
  /** The names and shapes under which files hold it; more than one where products are fused. */
  parts: readonly ParameterPart[];
  /** Extents on the GPU. */
  shape: readonly number[];
  /** Whether weight decay applies: not for biases and normalisation weights. */
  decay: boolean;
  /** Draws the initial values of one part. */
  initialize: (part: ParameterPart) => Float32Array<ArrayBuffer>;
}

/** A declared parameter; `value` exists after {@linkcode ParameterStore.allocate}. */
export class Parameter {
  /** Where its values and its gradient live. */
  value!: Tensor;

  /**
   * A parameter without a place yet.
   *
   * @param init Names, shape, decay and initial values.
   */
  constructor(readonly init: ParameterInit) {}

  /** The first part's name, for messages. */
  get name(): string {
    return this.init.parts[0].name;
  }
}

/** One buffer of parameters and the buffers laid out like it. */
export interface ParameterSlab {
  /** All its windows, the gaps between them included. */
  readonly values: Tensor;
  /** Gradients in the same layout; in the buffer of `values` when nothing trains. */
  readonly gradients: Tensor;
  /** Whether weight decay applies to all of it. */
  readonly decay: boolean;
}

/** Values of one part: all of them, or pieces that follow one another. */
export type PartValues = Float32Array<ArrayBuffer> | Iterable<Float32Array<ArrayBuffer>>;

const ALIGNMENT = 256;

/** What may be written before it is submitted: until then the driver keeps a copy. Unit: bytes. */
const UNSUBMITTED = 1 << 22;

/** The parameters of a model, in order of declaration. */
export class ParameterStore {
  readonly #parameters: Parameter[] = [];
  readonly #slabs: ParameterSlab[] = [];
  readonly #gpu: Gpu;
  readonly #prefix: string;
  #unsubmitted = 0;

  /**
   * An empty store.
   *
   * @param gpu Where the parameters will live.
   * @param options What stands before the names of all of them. Default: nothing.
   */
  constructor(gpu: Gpu, { prefix = "" }: { prefix?: string } = {}) {
    this.#gpu = gpu;
    this.#prefix = prefix;
  }

  /** All parameters. */
  get parameters(): readonly Parameter[] {
    return this.#parameters;
  }

  /** The buffers that hold them. */
  get slabs(): readonly ParameterSlab[] {
    return this.#slabs;
  }

  /** Whether its parameters have gradients. */
  get isTrainable(): boolean {
    return this.#slabs.every(({ values, gradients }) => values.allocation !== gradients.allocation);
  }

  /** The number of trained numbers. */
  get size(): number {
    return this.#parameters.reduce((sum, { init }) => sum + sizeOf(init.shape), 0);
  }

  /** Adds a parameter. */
  declare(init: ParameterInit): Parameter {
    const parts = init.parts.map((part) => ({ ...part, name: this.#prefix + part.name }));
    const parameter = new Parameter({ ...init, parts });
    this.#parameters.push(parameter);
    return parameter;
  }

  /**
   * Gives every parameter its window and uploads its values.
   *
   * @param read Values by file name; null where the initial values are wanted.
   * @param trainable Whether gradients are needed.
   * @throws {DeviceError} If one parameter exceeds a binding of this adapter.
   */
  allocate(
    read: (part: ParameterPart) => PartValues | null,
    trainable: boolean,
  ): void {
    for (const decay of [true, false]) {
      const group = this.#parameters.filter(({ init }) => init.decay === decay);
      for (const members of this.#partition(group)) this.#allocateSlab(members, decay, trainable);
    }
    for (const { init, value } of this.#parameters) {
      let offset = 0;
      for (const part of init.parts) {
        const values = read(part) ?? init.initialize(part);
        this.#write(value.allocation, value.byteOffset + offset, values);
        offset += sizeOf(part.shape) * ELEMENT_BYTES;
      }
    }
  }

  /** A buffer with the layout of a slab, filled with zeros: room for an optimizer's moment. */
  allocateLike(slab: ParameterSlab, label: string): Tensor {
    return wholeTensor(this.#createBuffer(slab.values.bytes, label), label);
  }

  /**
   * Reads all parameters, or what is laid out like them.
   *
   * @param select Which tensor of a slab to read; its values by default.
   * @returns Shape and data by file name.
   */
  async download(
    select: (slab: ParameterSlab, index: number) => Tensor = (slab) => slab.values,
  ): Promise<Map<string, { shape: readonly number[]; data: Float32Array<ArrayBuffer> }>> {
    const contents = new Map<Allocation, Float32Array<ArrayBuffer>>();
    for (const [index, slab] of this.#slabs.entries()) {
      contents.set(slab.values.allocation, await this.#gpu.read(select(slab, index)));
    }
    const result = new Map<string, { shape: readonly number[]; data: Float32Array<ArrayBuffer> }>();
    for (const { init, value } of this.#parameters) {
      const content = contents.get(value.allocation)!;
      let offset = value.byteOffset / ELEMENT_BYTES;
      for (const { name, shape } of init.parts) {
        result.set(name, { shape, data: content.slice(offset, offset += sizeOf(shape)) });
      }
    }
    return result;
  }

  /**
   * Writes values by file name into the slabs or what is laid out like them.
   *
   * @param read Values of one part.
   * @param select Which tensor of a slab to write; its values by default.
   */
  upload(
    read: (part: ParameterPart) => PartValues,
    select: (slab: ParameterSlab, index: number) => Tensor = (slab) => slab.values,
  ): void {
    this.#gpu.recorder.submit();
    for (const { init, value } of this.#parameters) {
      const index = this.#slabs.findIndex((slab) => slab.values.allocation === value.allocation);
      const target = select(this.#slabs[index], index).allocation;
      let offset = value.byteOffset;
      for (const part of init.parts) {
        this.#write(target, offset, read(part));
        offset += sizeOf(part.shape) * ELEMENT_BYTES;
      }
    }
  }

  /** Frees the slabs. */
  destroy(): void {
    // What is recorded may still use them.
    this.#gpu.recorder.submit();
    for (const { values, gradients } of this.#slabs) {
      values.allocation.buffer.destroy();
      gradients.allocation.buffer.destroy();
    }
  }

  #write(target: Allocation, byteOffset: number, values: PartValues): void {
    for (const piece of values instanceof Float32Array ? [values] : values) {
      this.#gpu.recorder.write(target, byteOffset, piece);
      byteOffset += piece.byteLength;
      this.#unsubmitted += piece.byteLength;
      if (this.#unsubmitted < UNSUBMITTED) continue;
      this.#gpu.device.queue.submit([]);
      this.#unsubmitted = 0;
    }
  }

  #partition(parameters: readonly Parameter[]): Parameter[][] {
    const limit = this.#gpu.device.limits.maxStorageBufferBindingSize;
    const groups: Parameter[][] = [];
    let bytes = Infinity;
    for (const parameter of parameters) {
      const size = windowBytes(parameter);
      if (size > limit) {
        throw new DeviceError(
          `Cannot hold parameter "${parameter.name}" [${parameter.init.shape}]: it takes ${size} bytes, one binding of this adapter at most ${limit}`,
        );
      }
      if (bytes + size > limit) {
        groups.push([]);
        bytes = 0;
      }
      groups[groups.length - 1].push(parameter);
      bytes += size;
    }
    return groups;
  }

  #allocateSlab(members: readonly Parameter[], decay: boolean, trainable: boolean): void {
    const bytes = members.reduce((sum, parameter) => sum + windowBytes(parameter), 0);
    const kind = decay ? "decayed" : "undecayed";
    const values = this.#createBuffer(bytes, `${kind} parameters`);
    const gradients = trainable ? this.#createBuffer(bytes, `${kind} gradients`) : values;
    let byteOffset = 0;
    for (const parameter of members) {
      const { shape } = parameter.init;
      const window = { shape, byteOffset, bindingBytes: windowBytes(parameter) };
      parameter.value = new Tensor({
        ...window,
        allocation: values,
        label: parameter.name,
        gradient: trainable
          ? new Tensor({ ...window, allocation: gradients, label: `d_${parameter.name}` })
          : null,
      });
      byteOffset += windowBytes(parameter);
    }
    this.#slabs.push({
      values: wholeTensor(values, `${kind} parameters`),
      gradients: wholeTensor(gradients, `${kind} gradients`),
      decay,
    });
  }

  #createBuffer(size: number, label: string): Allocation {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    return allocation(this.#gpu.device.createBuffer({ label, size, usage }));
  }
}

function windowBytes({ init }: Parameter): number {
  return Math.ceil(sizeOf(init.shape) * ELEMENT_BYTES / ALIGNMENT) * ALIGNMENT;
}

function wholeTensor(buffer: Allocation, label: string): Tensor {
  return new Tensor({ allocation: buffer, shape: [buffer.bytes / ELEMENT_BYTES], label });
}

/**
 * The adapter, the device and what belongs to them: recorder, pool and readback.
 *
 * @module
 */
import type {} from "@webgpu/types";
import {
  DeviceError,
  DeviceLostError,
  InputError,
  OutOfMemoryError,
  OutputError,
  UsageError,
} from "../errors.ts";
import { BufferPool } from "./buffer_pool.ts";
import { decodeElements } from "./decode_elements.ts";
import { KernelChoices } from "./kernel_choices.ts";
import { Profiler } from "./profiler.ts";
import { readBack } from "./readback.ts";
import { Recorder } from "./recorder.ts";
import { isSoftware, NO_ADAPTER, RAISED_LIMITS, requestAdapter } from "./request_adapter.ts";
import type { OperandForm } from "./shader_source.ts";
import { allocation, bytesOf, type DataType, sizeOf, Tensor } from "./tensor.ts";

/**
 * `"gpu"` wants workgroup tiles; `"software"`, a driver that runs shaders on the CPU, wants one
 * subgroup a workgroup and no barriers.
 */
export type AdapterKind = "gpu" | "software";

/** Which adapter to take. */
export interface GpuOptions {
  /** Whether to insist on the software adapter. Default: false. */
  software?: boolean;
  /** How kernels read large operands. Default: from textures on a software adapter, else buffers. */
  operands?: OperandForm;
  /**
   * The most that activations and the like may take, parameters and optimizer aside. Unit: bytes.
   * Default: what the device gives.
   */
  memoryLimit?: number;
}

/** What a kernel binds of operands at most. */
const MOST_OPERANDS = 8;

const FEATURES = ["timestamp-query", "shader-f16"] as const;

/** How long the news of a loss may take: 11 ms were seen. Unit: milliseconds. */
const NEWS_MS = 100;

/** Errors behind which no lost device is looked for. */
const NOT_OF_THE_DEVICE = [DeviceLostError, UsageError, InputError, OutputError];

/** A WebGPU device with what training needs around it. */
export class Gpu {
  /** The device. */
  readonly device: GPUDevice;
  /** The adapter's description of itself. */
  readonly info: GPUAdapterInfo;
  /** The kind of adapter, which decides the kernel variants. */
  readonly kind: AdapterKind;
  /** Lanes of a subgroup when all subgroups have the same size and may be used; otherwise 0. */
  readonly lanes: number;
  /**
   * Records and submits work.
   *
   * @internal
   */
  readonly recorder: Recorder;
  /**
   * Buffers of activations.
   *
   * @internal
   */
  readonly pool: BufferPool;
  /**
   * What was measured to be fastest here.
   *
   * @internal
   */
  readonly choices: KernelChoices = new KernelChoices();
  /** Bound where a kernel's optional tensor is absent. */
  readonly nothing: Tensor;
  readonly #operands: OperandForm;
  readonly #constants = new Map<number, Tensor>();
  #error: Error | null = null;
  #destroyed = false;

  private constructor(
    device: GPUDevice,
    info: GPUAdapterInfo,
    subgroups: boolean,
    { operands, memoryLimit = Infinity }: GpuOptions,
  ) {
    this.device = device;
    this.info = info;
    this.kind = isSoftware(info) ? "software" : "gpu";
    const { subgroupMinSize = 0, subgroupMaxSize = 0 } = info;
    this.lanes = subgroups && subgroupMinSize === subgroupMaxSize ? subgroupMinSize : 0;
    const fail = (error: Error) => void (this.#error ??= error);
    const { maxStorageTexturesPerShaderStage } = device.limits;
    const textures = this.kind === "software" && maxStorageTexturesPerShaderStage >= MOST_OPERANDS;
    this.#operands = operands ?? (textures ? "textures" : "buffers");
    this.recorder = new Recorder(device, this.#operands, fail);
    this.pool = new BufferPool(device);
    this.pool.memoryLimit = memoryLimit;
    this.pool.beforeTrim = () => this.recorder.submit();
    this.nothing = this.tensor([1], "nothing");
    device.addEventListener("uncapturederror", (event) => {
      event.preventDefault();
      const { error } = event as GPUUncapturedErrorEvent;
      const Kind = error instanceof GPUOutOfMemoryError ? OutOfMemoryError : DeviceError;
      fail(new Kind(`Cannot run on "${info.description}": ${error.message}`));
    });
    void device.lost.then(({ message, reason }) => {
      if (this.#destroyed) return;
      // What failed before it was told of failed for this.
      this.#error = new DeviceLostError(
        `Cannot go on, the device was lost (${reason}): ${message}`,
        { cause: this.#error ?? undefined },
      );
    });
  }

  /**
   * Asks for an adapter and a device with the adapter's own limits.
   *
   * @param options Which adapter to take.
   * @returns The device.
   * @throws {DeviceError} If there is none.
   */
  static async request(options: GpuOptions = {}): Promise<Gpu> {
    const adapter = await requestAdapter(options);
    if (adapter === null) throw new DeviceError(NO_ADAPTER);
    const requiredFeatures: GPUFeatureName[] = FEATURES.filter((f) => adapter.features.has(f));
    const requiredLimits: Record<string, number> = {};
    for (const name of RAISED_LIMITS) requiredLimits[name] = adapter.limits[name];
    const request = (features: GPUFeatureName[]) =>
      adapter.requestDevice({ requiredFeatures: features, requiredLimits });
    try {
      // Deno grants subgroups without listing them among the adapter's features.
      const device = await request([...requiredFeatures, "subgroups" as GPUFeatureName]);
      return new Gpu(device, adapter.info, true, options);
    } catch {
      return new Gpu(await request(requiredFeatures), adapter.info, false, options);
    }
  }

  /** @internal What this one is, over another device. */
  over(device: GPUDevice): Gpu {
    return new Gpu(device, this.info, this.lanes > 0, { operands: this.#operands });
  }

  /**
   * Takes a tensor from the pool; its elements are undefined.
   *
   * @param shape Extents, outermost first.
   * @param label Name for errors and profiles.
   * @param dtype Element type. Default: `"f32"`.
   * @returns The tensor; give its allocation back with `pool.release`.
   */
  tensor(shape: readonly number[], label: string, dtype: DataType = "f32"): Tensor {
    const bytes = bytesOf(dtype, Math.max(1, sizeOf(shape)));
    return new Tensor({ allocation: this.pool.acquire(bytes, label), shape, dtype, label });
  }

  /**
   * Takes a tensor from the pool and writes host values into it.
   *
   * @param shape Extents, outermost first.
   * @param data Its elements; their type decides the tensor's.
   * @param label Name for errors and profiles.
   * @returns The tensor.
   */
  upload(
    shape: readonly number[],
    data: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>,
    label: string,
  ): Tensor {
    const tensor = this.tensor(shape, label, data instanceof Uint32Array ? "u32" : "f32");
    this.recorder.upload(tensor, data);
    return tensor;
  }

  /** A scalar that is uploaded once and kept for the life of the device. */
  constant(value: number): Tensor {
    let tensor = this.#constants.get(value);
    if (tensor === undefined) {
      // Not of the pool, which may be emptied when memory does not suffice.
      const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
      const label = `constant ${value}`;
      const buffer = this.device.createBuffer({ label, size: 16, usage });
      tensor = new Tensor({ allocation: allocation(buffer), shape: [], label });
      this.recorder.write(tensor.allocation, 0, new Float32Array([value]));
      this.#constants.set(value, tensor);
    }
    return tensor;
  }

  /** Gives a tensor's buffer back to the pool. */
  release(...tensors: Tensor[]): void {
    for (const tensor of tensors) this.pool.release(tensor.allocation);
  }

  /**
   * Submits what is recorded and waits for a tensor's values.
   *
   * @param tensor The tensor.
   * @returns Its elements; halves become the same numbers in f32.
   * @throws {DeviceError} If anything failed on the device.
   */
  async read(tensor: Tensor): Promise<Float32Array<ArrayBuffer>> {
    return decodeElements(await this.#readBytes(tensor), tensor);
  }

  /** Like {@linkcode read}, for a tensor of `u32`, or for the words of any other. */
  async readIntegers(tensor: Tensor): Promise<Uint32Array<ArrayBuffer>> {
    return new Uint32Array(await this.#readBytes(tensor));
  }

  /**
   * Starts timing every dispatch; needs the feature `timestamp-query`.
   *
   * @internal
   */
  startProfiler(): Profiler | null {
    if (!this.device.features.has("timestamp-query")) return null;
    this.recorder.submit();
    this.recorder.profiler = new Profiler(this.device);
    return this.recorder.profiler;
  }

  /**
   * Throws the first error that the device reported.
   *
   * @throws {DeviceError} If there was one.
   */
  check(): void {
    if (this.#error !== null) throw this.#error;
  }

  /** Whether the device is gone, other than by {@linkcode destroy}. */
  get isLost(): boolean {
    return this.#error instanceof DeviceLostError;
  }

  /**
   * Finds what lies behind a failure. A call on a device that was lost fails in many ways, and often
   * before the loss is told of: this waits for the news, a tenth of a second at most.
   *
   * @param error What was thrown.
   * @returns A `DeviceLostError` where the device was lost, else what was thrown.
   */
  async explained(error: unknown): Promise<unknown> {
    if (this.#destroyed || NOT_OF_THE_DEVICE.some((kind) => error instanceof kind)) return error;
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, NEWS_MS);
    await Promise.race([this.device.lost, late]);
    clearTimeout(timer);
    if (!this.isLost || error === this.#error) return error;
    return new DeviceLostError(this.#error!.message, { cause: error });
  }

  /** Goes on after memory did not suffice: the work that failed must be done again, with less. */
  recover(): void {
    if (this.#error instanceof OutOfMemoryError) this.#error = null;
  }

  /** Frees the device and everything on it. */
  destroy(): void {
    this.#destroyed = true;
    this.recorder.profiler?.destroy();
    this.recorder.destroy();
    this.device.destroy();
  }

  async #readBytes(tensor: Tensor): Promise<ArrayBuffer> {
    try {
      const bytes = await readBack(this.device, this.recorder, tensor);
      this.check();
      return bytes;
    } catch (error) {
      throw await this.explained(error);
    }
  }
}

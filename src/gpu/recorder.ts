/**
 * Collects dispatches and copies and hands them to the queue in one submit.
 *
 * @module
 */
import { type CompiledKernel, type Kernel, KernelCache } from "./kernel.ts";
import type { Profiler } from "./profiler.ts";
import { BEFORE, type OperandForm } from "./shader_source.ts";
import type { Spans } from "./spans.ts";
import { type Allocation, checkElements, type Tensor } from "./tensor.ts";
import { type TextureView, TextureViews } from "./texture_views.ts";
import { UniformRing } from "./uniform_ring.ts";

const MAX_BIND_GROUPS = 1 << 14;

/** One run of a kernel. */
export interface Dispatch {
  /** Tensors by the names of the shader's storage variables and textures. */
  tensors: Readonly<Record<string, Tensor>>;
  /** Values by the names of the uniform struct's fields. */
  params?: Readonly<Record<string, number>>;
  /** Workgroups along x, y and z. */
  workgroups: readonly [number, number?, number?];
}

/** Records work for the GPU; nothing runs before {@linkcode Recorder.submit}. */
export class Recorder {
  /** The pipelines of the device. */
  readonly kernels: KernelCache;
  /** Copies of tensors for kernels that read textures. */
  readonly views: TextureViews;
  /** When set, every dispatch is timed. */
  profiler: Profiler | null = null;
  /** When set, the host tells it what it does. */
  spans: Spans | null = null;
  readonly #device: GPUDevice;
  readonly #uniforms: UniformRing;
  #groups = 0;
  #encoder: GPUCommandEncoder | null = null;
  #pass: GPUComputePassEncoder | null = null;

  /**
   * A recorder with nothing recorded.
   *
   * @param device The device to record for.
   * @param operands What kernels' operands become.
   * @param onError Receives errors that arrive late.
   */
  constructor(device: GPUDevice, operands: OperandForm, onError: (error: Error) => void) {
    this.#device = device;
    this.views = new TextureViews(device, this);
    this.#uniforms = new UniformRing(device);
    this.kernels = new KernelCache(device, this.#uniforms.layout, operands, onError);
  }

  /**
   * Records one run of a kernel.
   *
   * @param kernel The kernel.
   * @param dispatch Its tensors, uniforms and size.
   * @throws {TypeError} If a tensor or uniform is missing or unknown, a tensor has other elements than
   *   the kernel reads, or one buffer is both read and written.
   * @throws {RangeError} If an axis exceeds 65,535 workgroups.
   */
  dispatch(kernel: Kernel, dispatch: Dispatch): void {
    const [x, y = 1, z = 1] = dispatch.workgroups;
    if (x * y * z === 0) return;
    if (Math.max(x, y, z) > 65535) {
      throw new RangeError(
        `Cannot run ${kernel.label}: ${x} x ${y} x ${z} workgroups, an axis holds 65,535`,
      );
    }
    if (this.#uniforms.full) this.submit();
    const compiled = this.kernels.get(kernel);
    const group = this.#bindGroup(kernel, compiled, dispatch.tensors);
    const offset = this.#writeUniforms(kernel, compiled, dispatch.params ?? {});
    const pass = this.#beginPass(kernel);
    pass.setPipeline(compiled.pipeline);
    pass.setBindGroup(0, group);
    pass.setBindGroup(1, this.#uniforms.group, [offset]);
    pass.dispatchWorkgroups(x, y, z);
    if (this.profiler !== null) this.#endPass();
  }

  /**
   * Records a copy between buffers.
   *
   * @param from The source.
   * @param to The destination.
   * @param elements How many elements; an even number of halves. Default: all of `from`.
   */
  copy(from: Tensor, to: Tensor, elements: number = from.size): void {
    checkElements("copy", from, to.dtype);
    this.copyBytes(from.allocation.buffer, from.byteOffset, to, from.byteAt(elements));
  }

  /** Records a copy of a tensor's elements into another one, from the element `offset` on. */
  copyInto(from: Tensor, to: Tensor, offset: number): void {
    checkElements("copy", from, to.dtype);
    this.views.noteWrite(to.allocation);
    const at = to.byteOffset + to.byteAt(offset);
    const { allocation, byteOffset, bytes } = from;
    this.encoder().copyBufferToBuffer(
      allocation.buffer,
      byteOffset,
      to.allocation.buffer,
      at,
      bytes,
    );
  }

  /** Records a copy of bytes from a buffer into the beginning of a tensor. */
  copyBytes(from: GPUBuffer, offset: number, to: Tensor, bytes: number): void {
    this.views.noteWrite(to.allocation);
    this.encoder().copyBufferToBuffer(from, offset, to.allocation.buffer, to.byteOffset, bytes);
  }

  /** Records that a tensor's elements become zero. */
  clear(tensor: Tensor): void {
    this.views.noteWrite(tensor.allocation);
    this.encoder().clearBuffer(tensor.allocation.buffer, tensor.byteOffset, tensor.bytes);
  }

  /** The command encoder outside any pass, for copies into buffers that are no tensors. */
  encoder(): GPUCommandEncoder {
    this.#endPass();
    this.#encoder ??= this.#device.createCommandEncoder();
    return this.#encoder;
  }

  /**
   * Writes host values into a tensor ahead of everything recorded after this call.
   *
   * @param tensor The tensor.
   * @param data Its elements.
   * @throws {RangeError} If the count differs.
   */
  upload(tensor: Tensor, data: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>): void {
    checkElements("upload", tensor);
    if (data.length !== tensor.size) {
      throw new RangeError(
        `Cannot upload "${tensor.label}": found ${data.length} values, wanted ${tensor.size}`,
      );
    }
    // The queue writes before it runs what is recorded: pending work may still read this buffer.
    this.submit();
    this.write(tensor.allocation, tensor.byteOffset, data);
  }

  /**
   * Writes host values into a buffer, ahead of everything that is recorded and not submitted.
   *
   * @param to The buffer.
   * @param byteOffset Where to begin.
   * @param data The values.
   */
  write(
    to: Allocation,
    byteOffset: number,
    data: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>,
  ): void {
    // Deno 2.9 ends the process when it is asked to write nothing.
    if (data.length === 0) return;
    this.views.noteWrite(to);
    this.#device.queue.writeBuffer(to.buffer, byteOffset, data);
  }

  /** Hands everything recorded to the GPU; does not wait. */
  submit(): void {
    this.#endPass();
    if (this.#encoder === null) return;
    using _span = this.spans?.open("submit");
    this.profiler?.resolve(this.#encoder);
    this.#uniforms.flush();
    this.#device.queue.submit([this.#encoder.finish()]);
    this.#encoder = null;
  }

  /** Frees the recorder's own buffer and textures. */
  destroy(): void {
    this.#uniforms.destroy();
    this.views.destroy();
  }

  #writeUniforms(
    kernel: Kernel,
    { reflection: { fields } }: CompiledKernel,
    params: Readonly<Record<string, number>>,
  ): number {
    for (const { name } of fields) {
      if (params[name] === undefined) throw missing(kernel, "uniform", name, Object.keys(params));
    }
    return this.#uniforms.write(fields, params);
  }

  #beginPass(kernel: Kernel): GPUComputePassEncoder {
    if (this.#pass === null) {
      this.#encoder ??= this.#device.createCommandEncoder();
      const timestampWrites = this.profiler?.timestamps(kernel.label);
      this.#pass = this.#encoder.beginComputePass({ ...(timestampWrites && { timestampWrites }) });
    }
    return this.#pass;
  }

  #endPass(): void {
    this.#pass?.end();
    this.#pass = null;
  }

  #bindGroup(
    kernel: Kernel,
    compiled: CompiledKernel,
    tensors: Readonly<Record<string, Tensor>>,
  ): GPUBindGroup {
    const { bindings } = compiled.reflection;
    const views = new Map<string, TextureView>();
    this.views.begin();
    let key = "";
    for (const { name, texture } of bindings) {
      const tensor =
        tensors[texture && name.endsWith(BEFORE) ? name.slice(0, -BEFORE.length) : name];
      if (tensor === undefined) throw missing(kernel, "tensor", name, Object.keys(tensors));
      checkElements(kernel.label, tensor, kernel.elements[name]);
      if (texture) {
        views.set(name, this.views.show(tensor));
        key += `${views.get(name)!.id} `;
      } else {
        key += `${tensor.allocation.id}:${tensor.byteOffset}:${tensor.bindingBytes} `;
      }
    }
    for (const { name, writable } of bindings) {
      if (writable) this.views.noteWrite(tensors[name].allocation);
    }
    let group = compiled.bindGroups.get(key);
    if (group === undefined) {
      checkAliases(kernel, compiled, tensors);
      if (++this.#groups > MAX_BIND_GROUPS) {
        this.kernels.clearBindGroups();
        this.#groups = 1;
      }
      group = this.#device.createBindGroup({
        label: kernel.label,
        layout: compiled.layout,
        entries: bindings.map(({ name, binding }) => ({
          binding,
          resource: views.get(name)?.view ?? {
            buffer: tensors[name].allocation.buffer,
            offset: tensors[name].byteOffset,
            size: tensors[name].bindingBytes,
          },
        })),
      });
      compiled.bindGroups.set(key, group);
    }
    return group;
  }
}

/**
 * Folds a line of workgroups into x and y; shaders unfold it with `linear_workgroup`.
 *
 * @param count Workgroups in all.
 * @returns Extents along x and y whose product is at least `count`.
 */
export function foldWorkgroups(count: number): [number, number] {
  const y = Math.ceil(count / 65535);
  return [y === 0 ? 0 : Math.ceil(count / y), y];
}

function missing(kernel: Kernel, kind: string, name: string, found: string[]): TypeError {
  return new TypeError(
    `Cannot run ${kernel.label}: ${kind} "${name}" is missing; found ${found.join(", ") || "none"}`,
  );
}

function checkAliases(
  kernel: Kernel,
  compiled: CompiledKernel,
  tensors: Readonly<Record<string, Tensor>>,
): void {
  const writers = new Map<Allocation, string>();
  const buffers = compiled.reflection.bindings.filter(({ texture }) => !texture);
  for (const { name, writable } of buffers) {
    if (writable) writers.set(tensors[name].allocation, name);
  }
  for (const { name, writable } of buffers) {
    const writer = writers.get(tensors[name].allocation);
    if (!writable && writer !== undefined) {
      throw new TypeError(
        `Cannot run ${kernel.label}: "${name}" is read from the buffer that "${writer}" writes`,
      );
    }
  }
}

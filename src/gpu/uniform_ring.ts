/**
 * The uniforms of many dispatches in one buffer: each dispatch sees a window of it, and one write carries
 * all of a submit to the GPU.
 *
 * @module
 */
import type { FieldReflection } from "./shader_source.ts";

/** What a shader sees of the ring. Unit: bytes. */
const WINDOW = 256;
const RING_BYTES = 1 << 20;

/** Uniforms that wait for the next submit. */
export class UniformRing {
  /** The layout of `@group(1)`. */
  readonly layout: GPUBindGroupLayout;
  /** Bound as `@group(1)`, with the offset that {@linkcode write} returned. */
  readonly group: GPUBindGroup;
  readonly #queue: GPUQueue;
  readonly #buffer: GPUBuffer;
  readonly #data = new DataView(new ArrayBuffer(RING_BYTES));
  readonly #align: number;
  #used = 0;

  /**
   * An empty ring.
   *
   * @param device The device that owns it.
   */
  constructor(device: GPUDevice) {
    this.layout = device.createBindGroupLayout({
      entries: [{
        binding: 0,
        visibility: GPUShaderStage.COMPUTE,
        buffer: { type: "uniform", hasDynamicOffset: true },
      }],
    });
    this.#queue = device.queue;
    this.#align = Math.max(64, device.limits.minUniformBufferOffsetAlignment);
    this.#buffer = device.createBuffer({
      label: "uniforms",
      size: RING_BYTES,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    });
    this.group = device.createBindGroup({
      layout: this.layout,
      entries: [{ binding: 0, resource: { buffer: this.#buffer, size: WINDOW } }],
    });
  }

  /** Whether the next write needs a submit first. */
  get full(): boolean {
    return this.#used + WINDOW > RING_BYTES;
  }

  /**
   * Keeps the uniforms of one dispatch.
   *
   * @param fields The struct's fields.
   * @param params A value for each.
   * @returns Where they begin. Unit: bytes.
   */
  write(fields: readonly FieldReflection[], params: Readonly<Record<string, number>>): number {
    const offset = this.#used;
    fields.forEach(({ name, type }, i) => this.#put(offset + 4 * i, type, params[name]));
    this.#used += Math.ceil(fields.length * 4 / this.#align) * this.#align;
    return offset;
  }

  /** Writes what was kept to the GPU, ahead of the submit that uses it. */
  flush(): void {
    if (this.#used > 0) this.#queue.writeBuffer(this.#buffer, 0, this.#data.buffer, 0, this.#used);
    this.#used = 0;
  }

  /** Frees the buffer. */
  destroy(): void {
    this.#buffer.destroy();
  }

  #put(at: number, type: FieldReflection["type"], value: number): void {
    if (type === "f32") this.#data.setFloat32(at, value, true);
    else if (type === "u32") this.#data.setUint32(at, value, true);
    else this.#data.setInt32(at, value, true);
  }
}

/**
 * Copies of tensors as storage textures. Software drivers load a texel of four elements as a whole, but
 * those of a storage buffer one by one: there a product of matrices is several times as fast from textures,
 * the copying included. A storage texture takes less than half the time of a sampled one: 9 against 21 ns
 * for a texel in each of 8 lanes on llvmpipe 22.3.
 *
 * @module
 */
import type { Recorder } from "./recorder.ts";
import type { Allocation, DataType, Tensor } from "./tensor.ts";

/** Texels in a row of every view: texel i of a tensor is at (i % 1024, i / 1024). */
export const VIEW_WIDTH = 1024;

/** What a texel of four elements is, and its size in bytes. */
export const TEXELS: Readonly<Record<DataType, { format: GPUTextureFormat; bytes: number }>> = {
  f32: { format: "rgba32float", bytes: 16 },
  u32: { format: "rgba32float", bytes: 16 },
  f16: { format: "rgba16float", bytes: 8 },
  // No format has the exponents of bfloat16: shaders shift the bits.
  bf16: { format: "rg32uint", bytes: 8 },
};

/** A texture that can be bound, with the identity that bind-group caching needs. */
export interface TextureView {
  /** Distinct for every view of a process. */
  readonly id: string;
  /** What is bound. */
  readonly view: GPUTextureView;
}

interface Slot {
  readonly texture: GPUTexture;
  readonly view: TextureView;
  /** What it shows: a tensor's place and how often its buffer had been written. */
  shown: string;
}

/** The textures of one device: one for every name, format and size, overwritten when another tensor comes. */
export class TextureViews {
  readonly #device: GPUDevice;
  readonly #recorder: Recorder;
  readonly #slots = new Map<string, Slot>();
  readonly #writes = new WeakMap<Allocation, number>();

  /**
   * No textures yet.
   *
   * @param device The device that owns them.
   * @param recorder Records the copies.
   */
  constructor(device: GPUDevice, recorder: Recorder) {
    this.#device = device;
    this.#recorder = recorder;
  }

  /** Notes that a buffer is written: what shows it must be copied again. */
  noteWrite(allocation: Allocation): void {
    this.#writes.set(allocation, (this.#writes.get(allocation) ?? 0) + 1);
  }

  /**
   * Records a copy of a tensor, unless the view shows it already; texels after its last element are
   * undefined.
   *
   * @param name What the kernel calls it; two views of one dispatch want two names.
   * @param tensor The tensor.
   * @returns The view, valid for dispatches until the next use of its name.
   * @throws {RangeError} If the tensor is too large for a texture.
   */
  copy(name: string, tensor: Tensor): TextureView {
    const { allocation, byteOffset } = tensor;
    const texel = TEXELS[tensor.dtype].bytes;
    const rowBytes = VIEW_WIDTH * texel;
    const bytes = Math.ceil(tensor.size / 4) * texel;
    const slot = this.#slot(name, tensor, Math.max(1, Math.ceil(bytes / rowBytes)));
    const shown = `${allocation.id}:${byteOffset}:${bytes}:${this.#writes.get(allocation) ?? 0}`;
    if (slot.shown === shown) return slot.view;
    slot.shown = shown;
    const encoder = this.#recorder.encoder();
    const whole = Math.floor(bytes / rowBytes);
    const { texture } = slot;
    const source = { buffer: allocation.buffer, bytesPerRow: rowBytes };
    if (whole > 0) {
      encoder.copyBufferToTexture({ ...source, offset: byteOffset }, { texture }, [
        VIEW_WIDTH,
        whole,
      ]);
    }
    if (bytes > whole * rowBytes) {
      encoder.copyBufferToTexture(
        { ...source, offset: byteOffset + whole * rowBytes },
        { texture, origin: [0, whole] },
        [(bytes - whole * rowBytes) / texel, 1],
      );
    }
    return slot.view;
  }

  /** Frees the textures. */
  destroy(): void {
    for (const { texture } of this.#slots.values()) texture.destroy();
    this.#slots.clear();
  }

  #slot(name: string, tensor: Tensor, rows: number): Slot {
    const most = this.#device.limits.maxTextureDimension2D;
    if (rows > most) {
      throw new RangeError(
        `Cannot read "${tensor.label}" as a texture: it takes ${rows} rows, this adapter has ${most}`,
      );
    }
    const height = Math.min(most, 2 ** Math.ceil(Math.log2(rows)));
    const { format } = TEXELS[tensor.dtype];
    const id = `${name}:${format}:${height}`;
    let slot = this.#slots.get(id);
    if (slot === undefined) {
      const texture = this.#device.createTexture({
        label: id,
        size: [VIEW_WIDTH, height],
        format,
        usage: GPUTextureUsage.STORAGE_BINDING | GPUTextureUsage.COPY_DST,
      });
      slot = { texture, view: { id, view: texture.createView() }, shown: "" };
      this.#slots.set(id, slot);
    }
    return slot;
  }
}

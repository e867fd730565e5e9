/**
 * Copies of tensors as textures. Software drivers load a texel of four floats as a whole, but the
 * elements of a storage buffer one by one: there a product of matrices is several times as fast from
 * textures, the copying included.
 *
 * @module
 */
import type { Recorder } from "./recorder.ts";
import { ELEMENT_BYTES, type Tensor } from "./tensor.ts";

/** Texels in a row of every view: texel i of a tensor is at (i % 1024, i / 1024). */
export const VIEW_WIDTH = 1024;

const TEXEL_BYTES = 16;
const ROW_BYTES = VIEW_WIDTH * TEXEL_BYTES;

/** A texture that can be bound, with the identity that bind-group caching needs. */
export interface TextureView {
  /** Distinct for every view of a process. */
  readonly id: string;
  /** What is bound. */
  readonly view: GPUTextureView;
}

/** The textures of one device: one for every slot and size, overwritten by every use. */
export class TextureViews {
  readonly #device: GPUDevice;
  readonly #recorder: Recorder;
  readonly #textures = new Map<string, { texture: GPUTexture; view: TextureView }>();

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

  /** Whether elements that begin at `offset` can be viewed: texels do not straddle. */
  fits(offset: number, elements: number): boolean {
    const rows = Math.ceil(elements * ELEMENT_BYTES / ROW_BYTES);
    return offset % 4 === 0 && rows <= this.#device.limits.maxTextureDimension2D;
  }

  /**
   * Records a copy of elements of a tensor; texels after the last are undefined.
   *
   * @param slot Which argument of a kernel it is for; two views of one dispatch want two slots.
   * @param tensor The tensor.
   * @param offset The first element; a multiple of 4.
   * @param elements How many.
   * @returns The view, valid for dispatches until the next use of its slot.
   */
  copy(slot: string, tensor: Tensor, offset: number, elements: number): TextureView {
    const bytes = Math.ceil(elements / 4) * TEXEL_BYTES;
    const { texture, view } = this.#texture(slot, Math.ceil(bytes / ROW_BYTES));
    const encoder = this.#recorder.encoder();
    const start = tensor.byteOffset + offset * ELEMENT_BYTES;
    const whole = Math.floor(bytes / ROW_BYTES);
    const source = { buffer: tensor.allocation.buffer, bytesPerRow: ROW_BYTES };
    if (whole > 0) {
      encoder.copyBufferToTexture({ ...source, offset: start }, { texture }, [VIEW_WIDTH, whole]);
    }
    if (bytes > whole * ROW_BYTES) {
      encoder.copyBufferToTexture(
        { ...source, offset: start + whole * ROW_BYTES },
        { texture, origin: [0, whole] },
        [(bytes - whole * ROW_BYTES) / TEXEL_BYTES, 1],
      );
    }
    return view;
  }

  /** Frees the textures. */
  destroy(): void {
    for (const { texture } of this.#textures.values()) texture.destroy();
    this.#textures.clear();
  }

  #texture(slot: string, rows: number): { texture: GPUTexture; view: TextureView } {
    const height = 2 ** Math.ceil(Math.log2(rows));
    const id = `${slot}:${height}`;
    let found = this.#textures.get(id);
    if (found === undefined) {
      const texture = this.#device.createTexture({
        label: id,
        size: [VIEW_WIDTH, Math.min(height, this.#device.limits.maxTextureDimension2D)],
        format: "rgba32float",
        usage: GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST,
      });
      found = { texture, view: { id, view: texture.createView() } };
      this.#textures.set(id, found);
    }
    return found;
  }
}

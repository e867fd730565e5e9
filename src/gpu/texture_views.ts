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

/**
 * What follows each row of texels, unused: a line of a processor's cache. Rows of a matrix that lie whole
 * pages apart would share the cache's sets, and displace each other within a tile. Unit: bytes.
 */
const ROW_GAP = 64;

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
  /** Format and height: what it may show. */
  readonly kind: string;
  readonly bytes: number;
  /** How often the buffer had been written that it shows. */
  version: number;
  /** The last dispatch that binds it. */
  usedBy: number;
}

/**
 * What the textures of a device may take beside those of the largest dispatch. Unit: bytes. A step of 4,096
 * tokens through 4 layers of 256 columns copies 1,227 MB where every reading copies, 916 MB with this much
 * room, 906 MB with twice and 730 MB with eight times as much.
 */
const ROOM = 64 * 2 ** 20;

/** The textures of one device: one for every tensor that was read lately. */
export class TextureViews {
  readonly #device: GPUDevice;
  readonly #recorder: Recorder;
  /** By the place of what they show; the one used last comes last. */
  readonly #slots = new Map<string, Slot>();
  readonly #writes = new WeakMap<Allocation, number>();
  #made = 0;
  #bytes = 0;
  #dispatch = 0;
  /** What the views of this dispatch take, and the most that those of one took. */
  #needed = 0;
  #mostNeeded = 0;

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

  /** What the textures take. Unit: bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Notes that a buffer is written: what shows it must be copied again. */
  noteWrite(allocation: Allocation): void {
    this.#writes.set(allocation, (this.#writes.get(allocation) ?? 0) + 1);
  }

  /** Begins a dispatch: views that are shown from now on stay valid until the next call. */
  begin(): void {
    this.#dispatch++;
    this.#needed = 0;
  }

  /**
   * Records a copy of a tensor, unless a view shows it already; texels after its last element are
   * undefined.
   *
   * @param tensor The tensor.
   * @returns The view.
   * @throws {RangeError} If the tensor is too large for a texture.
   */
  show(tensor: Tensor): TextureView {
    const { allocation, byteOffset, dtype } = tensor;
    const bytes = Math.ceil(tensor.size / 4) * TEXELS[dtype].bytes;
    const place = `${allocation.id}:${byteOffset}:${bytes}:${dtype}`;
    const version = this.#writes.get(allocation) ?? 0;
    const known = this.#slots.get(place);
    const slot = known ?? this.#take(tensor, bytes);
    if (slot.usedBy !== this.#dispatch) this.#needed += slot.bytes;
    this.#mostNeeded = Math.max(this.#mostNeeded, this.#needed);
    // Behind all others.
    if (known !== undefined) this.#slots.delete(place);
    this.#slots.set(place, slot);
    slot.usedBy = this.#dispatch;
    if (known === undefined || slot.version !== version) this.#copy(tensor, slot.texture, bytes);
    slot.version = version;
    return slot.view;
  }

  /** Frees the textures. */
  destroy(): void {
    for (const { texture } of this.#slots.values()) texture.destroy();
    this.#slots.clear();
    this.#bytes = 0;
  }

  #copy({ allocation, byteOffset, dtype }: Tensor, texture: GPUTexture, bytes: number): void {
    const encoder = this.#recorder.encoder();
    const texel = TEXELS[dtype].bytes;
    const rowBytes = VIEW_WIDTH * texel;
    const whole = Math.floor(bytes / rowBytes);
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
  }

  /** A texture for a tensor that none shows: a new one, or that which was not used for longest. */
  #take({ dtype, label }: Tensor, bytes: number): Slot {
    const { format, bytes: texel } = TEXELS[dtype];
    const rows = Math.max(1, Math.ceil(bytes / (VIEW_WIDTH * texel)));
    const most = this.#device.limits.maxTextureDimension2D;
    if (rows > most) {
      throw new RangeError(
        `Cannot read "${label}" as a texture: it takes ${rows} rows, this adapter has ${most}`,
      );
    }
    const height = Math.min(most, 2 ** Math.ceil(Math.log2(rows)));
    const kind = `${format} ${height}`;
    const width = VIEW_WIDTH + ROW_GAP / texel;
    const size = width * height * texel;
    if (this.#bytes + size > this.#budget) {
      const old = this.#oldest((slot) => slot.kind === kind);
      if (old !== null) {
        this.#slots.delete(old[0]);
        return old[1];
      }
      this.#makeRoom(size);
    }
    const texture = this.#device.createTexture({
      label: kind,
      size: [width, height],
      format,
      usage: GPUTextureUsage.STORAGE_BINDING | GPUTextureUsage.COPY_DST,
    });
    this.#bytes += size;
    const view = { id: `view ${this.#made++}`, view: texture.createView() };
    return { texture, view, kind, bytes: size, version: -1, usedBy: -1 };
  }

  get #budget(): number {
    return ROOM + this.#mostNeeded;
  }

  #oldest(fits: (slot: Slot) => boolean): [string, Slot] | null {
    for (const entry of this.#slots) {
      if (entry[1].usedBy !== this.#dispatch && fits(entry[1])) return entry;
    }
    return null;
  }

  /** Destroys what was not used for longest; a dispatch that needs more than the budget gets it. */
  #makeRoom(size: number): void {
    let isSubmitted = false;
    while (this.#bytes + size > this.#budget) {
      const old = this.#oldest(() => true);
      if (old === null) return;
      // What is recorded may still read it.
      if (!isSubmitted) this.#recorder.submit();
      isSubmitted = true;
      const [place, slot] = old;
      this.#slots.delete(place);
      slot.texture.destroy();
      this.#bytes -= slot.bytes;
    }
  }
}

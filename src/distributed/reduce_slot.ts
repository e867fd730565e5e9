/**
 * One block of values on its way to being reduced.
 *
 * @module
 */
import type { ReduceOperation } from "./communicator.ts";
import { decodeHalves, encodeHalves, SCALE_HALVES } from "./halves.ts";
import { bytesOf } from "./payload_bytes.ts";
import { reducePart } from "./reduce_part.ts";
import { shareOf } from "./share_of.ts";
import type { Blocks, Transport } from "./transport.ts";

/** How values travel. */
export interface Coding {
  /**
   * How much memory values take.
   *
   * @param length Number of values.
   * @returns Bytes that they take.
   */
  size(length: number): number;
  /**
   * Writes values.
   *
   * @param values The values.
   * @param bytes Where they go.
   */
  encode(values: Float32Array, bytes: Uint8Array<ArrayBuffer>): void;
  /**
   * Reads values.
   *
   * @param bytes What was encoded.
   * @param values Where the values go.
   */
  decode(bytes: Uint8Array<ArrayBuffer>, values: Float32Array): void;
}

/** Values as they are. */
export const PLAIN: Coding = {
  size: (length) => 4 * length,
  encode: (values, bytes) => bytes.set(bytesOf(values)),
  decode: (bytes, values) => bytesOf(values).set(bytes),
};

/** Values as halves with a scale for every part. */
export const HALVES: Coding = {
  size: (length) => 2 * (SCALE_HALVES + length),
  encode: (values, bytes) => encodeHalves(values, halvesOf(bytes)),
  decode: (bytes, values) => decodeHalves(halvesOf(bytes), values),
};

/** Sends the parts of a block to their ranks, reduces the part of this one, and gathers the results. */
export class ReduceSlot {
  readonly #transport: Transport;
  readonly #operation: ReduceOperation;
  readonly #coding: Coding;
  #sent = new Uint8Array(0);
  #received = new Uint8Array(0);
  #part = new Float32Array(0);
  #total = new Float32Array(0);

  /**
   * Makes a slot; its memory grows to what the largest block needs.
   *
   * @param transport Carries the bytes.
   * @param operation What is made of the values.
   * @param coding How they travel.
   */
  constructor(transport: Transport, operation: ReduceOperation, coding: Coding) {
    this.#transport = transport;
    this.#operation = operation;
    this.#coding = coding;
  }

  /**
   * Sends a block's parts to their ranks, and receives this rank's part from all.
   *
   * @param parts The parts by rank; rank r's is of the same length on all ranks.
   * @param block The parts as one piece of memory, where they follow each other; spares a copy.
   */
  async exchange(parts: Float32Array[], block?: Float32Array): Promise<void> {
    const { rank, size } = this.#transport;
    const send = this.#blocks(parts.map((part) => part.length));
    const length = parts[rank].length;
    const receive = this.#blocks(Array.from({ length: size }, () => length));
    this.#received = grown(this.#received, bytesIn(receive));
    if (this.#total.length !== length) this.#total = new Float32Array(length);
    const mine = block !== undefined && this.#coding === PLAIN
      ? bytesOf(block)
      : this.#encode(parts, send);
    await this.#transport.exchangeBlocks(mine, this.#received, { send, receive });
  }

  /**
   * Reduces what came, in the order of ranks.
   *
   * @returns This rank's part of the result, valid until the next exchange.
   */
  reduce(): Float32Array {
    const width = this.#coding.size(this.#total.length);
    for (let rank = 0; rank < this.#transport.size; rank++) {
      const bytes = this.#received.subarray(rank * width, (rank + 1) * width);
      if (rank === 0) this.#coding.decode(bytes, this.#total);
      else reducePart(this.#total, this.#decode(bytes), this.#operation);
    }
    return this.#total;
  }

  /**
   * Gathers the results of all ranks.
   *
   * @param block Is overwritten by them.
   */
  async gather(block: Float32Array): Promise<void> {
    const parts = partsOf(block, this.#transport.size);
    const blocks = this.#blocks(parts.map((part) => part.length));
    if (this.#coding === PLAIN) {
      await this.#transport.allGatherBlocks(bytesOf(this.#total), bytesOf(block), blocks);
      return;
    }
    const mine = new Uint8Array(this.#coding.size(this.#total.length));
    this.#coding.encode(this.#total, mine);
    const all = this.#sent = grown(this.#sent, bytesIn(blocks));
    await this.#transport.allGatherBlocks(mine, all, blocks);
    for (const [rank, part] of parts.entries()) {
      const start = blocks.starts[rank];
      this.#coding.decode(all.subarray(start, start + blocks.lengths[rank]), part);
    }
  }

  #encode(parts: Float32Array[], { starts, lengths }: Blocks): Uint8Array<ArrayBuffer> {
    this.#sent = grown(this.#sent, bytesIn({ starts, lengths }));
    for (const [rank, part] of parts.entries()) {
      const start = starts[rank];
      this.#coding.encode(part, this.#sent.subarray(start, start + lengths[rank]));
    }
    return this.#sent;
  }

  #decode(bytes: Uint8Array<ArrayBuffer>): Float32Array {
    if (this.#coding === PLAIN) {
      return new Float32Array(bytes.buffer, bytes.byteOffset, this.#total.length);
    }
    if (this.#part.length !== this.#total.length) this.#part = this.#total.slice();
    this.#coding.decode(bytes, this.#part);
    return this.#part;
  }

  #blocks(lengths: number[]): Blocks {
    const sizes = lengths.map((length) => this.#coding.size(length));
    const starts = new Int32Array(sizes.length);
    for (let rank = 1; rank < sizes.length; rank++) {
      starts[rank] = starts[rank - 1] + sizes[rank - 1];
    }
    return { lengths: Int32Array.from(sizes), starts };
  }
}

/**
 * Parts a block among ranks.
 *
 * @param block The values.
 * @param size Number of ranks.
 * @returns Views of each rank's share.
 */
export function partsOf(block: Float32Array, size: number): Float32Array[] {
  return Array.from({ length: size }, (_, rank) => {
    const { start, end } = shareOf(block.length, { rank, size });
    return block.subarray(start, end);
  });
}

function bytesIn({ lengths, starts }: Blocks): number {
  return starts[starts.length - 1] + lengths[lengths.length - 1];
}

function grown(bytes: Uint8Array<ArrayBuffer>, size: number): Uint8Array<ArrayBuffer> {
  return bytes.length >= size ? bytes : new Uint8Array(size);
}

function halvesOf(bytes: Uint8Array<ArrayBuffer>): Uint16Array<ArrayBuffer> {
  return new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
}

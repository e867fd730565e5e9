/**
 * The communicator over any transport of bytes.
 *
 * @module
 */
import { AllReducer } from "./all_reducer.ts";
import {
  type Call,
  describeCall,
  encodeHeader,
  HEADER_BYTES,
  INLINE_BYTES,
  readHeaders,
  type ReceivedHeader,
} from "./call_header.ts";
import type { Agreement, Communicator, Payload, ReduceOptions } from "./communicator.ts";
import { decodeJson, encodeJson } from "./json_bytes.ts";
import { bytesOf, elementsOf, emptyLike } from "./payload_bytes.ts";
import { reducePart } from "./reduce_part.ts";
import { shareOf } from "./share_of.ts";
import type { Transport } from "./transport.ts";
import type { Watchdog } from "./watchdog.ts";

/** How a communicator works. */
export interface CollectiveOptions {
  /** Ends the job when a call takes too long. Default: none, and calls wait for ever. */
  watchdog?: Watchdog | null;
  /** Elements that are exchanged at a time. Default: 2^21. */
  blockLength?: number;
  /** Bytes that one call of the transport may hand out. Default: 2^30. */
  largestMessage?: number;
}

/**
 * Every call begins with an exchange of short headers, in which ranks check that they make the same
 * call; values of up to 48 bytes travel with them, so that such calls, `barrier` and `agree` are over
 * after this one message.
 */
export class CollectiveCommunicator implements Communicator {
  readonly rank: number;
  readonly size: number;
  readonly localRank: number;
  readonly localSize: number;
  readonly #transport: Transport;
  readonly #watchdog: Watchdog | null;
  readonly #reducer: AllReducer;
  readonly #largestMessage: number;
  #tail: Promise<unknown> = Promise.resolve();
  #finished = false;

  /**
   * Takes over a transport; nobody else may call it.
   *
   * @param transport Carries the bytes.
   * @param options Limits of time and size.
   */
  constructor(
    transport: Transport,
    { watchdog = null, blockLength = 2 ** 21, largestMessage = 2 ** 30 }: CollectiveOptions = {},
  ) {
    ({ rank: this.rank, size: this.size } = transport);
    ({ localRank: this.localRank, localSize: this.localSize } = transport);
    this.#transport = transport;
    this.#watchdog = watchdog;
    this.#reducer = new AllReducer(transport, blockLength);
    this.#largestMessage = largestMessage;
  }

  /** See {@linkcode Communicator.allReduce}. */
  async allReduce(values: Float32Array, options: ReduceOptions = {}): Promise<void> {
    const call = reduction("allReduce", values, options);
    return await this.#run(call, bytesOf(values), async (headers) => {
      if (values.byteLength > INLINE_BYTES) await this.#reducer.allReduce(values, options);
      else reduceInline(values, headers, options);
    });
  }

  /** See {@linkcode Communicator.reduceScatter}. */
  async reduceScatter(
    values: Float32Array,
    options: ReduceOptions = {},
  ): Promise<Float32Array<ArrayBuffer>> {
    const call = reduction("reduceScatter", values, options);
    return await this.#run(call, bytesOf(values), async (headers) => {
      if (values.byteLength > INLINE_BYTES) {
        return await this.#reducer.reduceScatter(values, options);
      }
      const total = new Float32Array(values.length);
      reduceInline(total, headers, options);
      const { start, end } = shareOf(values.length, this);
      return total.slice(start, end);
    });
  }

  /** See {@linkcode Communicator.allGather}. */
  async allGather<T extends Payload>(values: T): Promise<T[]> {
    const call: Call = {
      name: "allGather",
      detail: elementsOf(values),
      length: values.length,
      root: 0,
    };
    return await this.#run(call, bytesOf(values), async (headers) => {
      const lengths = headers.map(({ call }) => call.length);
      const all = emptyLike(values, lengths.reduce((sum, length) => sum + length, 0));
      const width = values.BYTES_PER_ELEMENT;
      await this.#gather(bytesOf(values), bytesOf(all), {
        headers,
        lengths: lengths.map((length) => length * width),
      });
      let end = 0;
      return lengths.map((length) => all.subarray(end, end += length) as T);
    });
  }

  /** See {@linkcode Communicator.broadcast}. */
  async broadcast(values: Payload, root = 0): Promise<void> {
    const call: Call = {
      name: "broadcast",
      detail: elementsOf(values),
      length: values.length,
      root,
    };
    return await this.#run(call, bytesOf(values), (headers) => {
      return this.#send(bytesOf(values), { root, headers });
    });
  }

  /** See {@linkcode Communicator.barrier}. */
  async barrier(): Promise<void> {
    await this.#run(plain("barrier"), NOTHING, () => {});
  }

  /** See {@linkcode Communicator.agree}. */
  async agree(flag: boolean): Promise<Agreement> {
    return await this.#run(plain("agree"), Uint8Array.of(Number(flag)), (headers) => {
      const flags = headers.map(({ inline }) => inline[0] === 1);
      return { any: flags.includes(true), all: !flags.includes(false) };
    });
  }

  /** See {@linkcode Communicator.broadcastJson}. */
  async broadcastJson<T>(value: T, root = 0): Promise<T> {
    const mine = this.rank === root ? encodeJson(value) : NOTHING;
    const call: Call = { name: "broadcastJson", detail: "u8", length: mine.length, root };
    return await this.#run(call, mine, async (headers) => {
      const bytes = this.rank === root ? mine : new Uint8Array(headers[root].call.length);
      await this.#send(bytes, { root, headers });
      return decodeJson(bytes) as T;
    });
  }

  /** See {@linkcode Communicator.gatherJson}. */
  async gatherJson<T>(value: T): Promise<T[]> {
    const mine = encodeJson(value);
    const call: Call = { name: "gatherJson", detail: "u8", length: mine.length, root: 0 };
    return await this.#run(call, mine, async (headers) => {
      const lengths = headers.map(({ call }) => call.length);
      const all = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
      await this.#gather(mine, all, { headers, lengths });
      let end = 0;
      return lengths.map((length) => decodeJson(all.subarray(end, end += length)) as T);
    });
  }

  /** See {@linkcode Communicator.abort}. */
  abort(code: number, reason: string): Promise<never> {
    const line = `Rank ${this.rank} of ${this.size} ends the job: ${reason}\n`;
    Deno.stderr.writeSync(new TextEncoder().encode(line));
    return this.#transport.abort(code);
  }

  /** See {@linkcode Communicator.finish}. */
  async finish(): Promise<void> {
    if (this.#finished) return;
    const last = this.#run(plain("finish"), NOTHING, () => this.#transport.finish());
    this.#finished = true;
    await last;
    this.#watchdog?.close();
  }

  /** Queues a call behind those before it. */
  #run<T>(
    call: Call,
    value: Uint8Array,
    work: (headers: ReceivedHeader[]) => T | Promise<T>,
  ): Promise<T> {
    if (this.#finished) {
      return Promise.reject(
        new Error(
          `Cannot ${call.name}: the communicator is finished; call finish() last`,
        ),
      );
    }
    const { root } = call;
    if (!Number.isInteger(root) || root < 0 || root >= this.size) {
      return Promise.reject(
        new RangeError(
          `Cannot ${call.name}: found root ${root}, wanted a rank from 0 to ${this.size - 1}`,
        ),
      );
    }
    const start = async () => {
      const headers = new Uint8Array(HEADER_BYTES * this.size);
      await this.#transport.allGather(encodeHeader(call, value), headers);
      return await work(readHeaders(headers));
    };
    const result = this.#tail.then(() =>
      this.#watchdog === null ? start() : this.#watchdog.watch(describeCall(call), start)
    );
    this.#tail = result.catch(() => {});
    return result;
  }

  /** Hands `bytes` of one rank to all, from the header where they fit. */
  async #send(
    bytes: Uint8Array,
    { root, headers }: { root: number; headers: ReceivedHeader[] },
  ): Promise<void> {
    if (bytes.length <= INLINE_BYTES) {
      bytes.set(headers[root].inline.subarray(0, bytes.length));
      return;
    }
    for (let start = 0; start < bytes.length; start += this.#largestMessage) {
      await this.#transport.broadcast(bytes.subarray(start, start + this.#largestMessage), root);
    }
  }

  /** Fills `all` with the bytes of all ranks. */
  async #gather(
    mine: Uint8Array,
    all: Uint8Array,
    { headers, lengths }: { headers: ReceivedHeader[]; lengths: number[] },
  ): Promise<void> {
    const starts = lengths.map((_, rank) => lengths.slice(0, rank).reduce((sum, n) => sum + n, 0));
    const parts = lengths.map((length, rank) => all.subarray(starts[rank], starts[rank] + length));
    if (Math.max(...lengths) <= INLINE_BYTES) {
      parts.forEach((part, rank) => part.set(headers[rank].inline.subarray(0, part.length)));
    } else if (all.length <= this.#largestMessage) {
      const blocks = { lengths: Int32Array.from(lengths), starts: Int32Array.from(starts) };
      await this.#transport.allGatherBlocks(mine, all, blocks);
    } else {
      parts[this.rank].set(mine);
      for (const [root, part] of parts.entries()) {
        for (let start = 0; start < part.length; start += this.#largestMessage) {
          await this.#transport.broadcast(part.subarray(start, start + this.#largestMessage), root);
        }
      }
    }
  }
}

const NOTHING = new Uint8Array(0);

function plain(name: Call["name"]): Call {
  return { name, detail: "", length: 0, root: 0 };
}

function reduction(
  name: Call["name"],
  values: Float32Array,
  { operation = "sum", compression = "none" }: ReduceOptions,
): Call {
  const detail = `f32, ${operation}${compression === "f16" ? ", f16" : ""}` as const;
  return { name, detail, length: values.length, root: 0 };
}

/** Short values need no compression: they travel with the header. */
function reduceInline(
  total: Float32Array,
  headers: ReceivedHeader[],
  { operation = "sum" }: ReduceOptions,
): void {
  for (const [rank, { inline }] of headers.entries()) {
    const values = new Float32Array(inline.slice().buffer, 0, total.length);
    if (rank === 0) total.set(values);
    else reducePart(total, values, operation);
  }
}

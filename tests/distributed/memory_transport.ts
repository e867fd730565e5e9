/**
 * Ranks of one process, for tests of what is built on a transport.
 *
 * @module
 */
import type { Blocks, Transport } from "../../src/distributed/transport.ts";

/** What every rank brings to a collective; `take` gives it what it gets of all. */
interface Arrival {
  name: string;
  mine: Uint8Array;
  take(arrivals: Arrival[]): void;
  send?: Blocks;
  done(): void;
}

/** Ranks that meet in memory, and what they sent. */
export class MemoryNetwork {
  /** One transport a rank. */
  readonly transports: MemoryTransport[];
  /** Bytes that each rank handed to others. */
  readonly sent: number[];
  /** Names of the collectives, in their order. */
  readonly log: string[] = [];
  readonly #waiting: (Arrival | undefined)[];

  /** Makes a network of so many ranks. */
  constructor(size: number) {
    this.#waiting = Array.from({ length: size }, () => undefined);
    this.sent = Array.from({ length: size }, () => 0);
    this.transports = Array.from({ length: size }, (_, rank) => {
      return new MemoryTransport(this, rank, size);
    });
  }

  /** Runs the same work on all ranks. */
  run<T>(work: (transport: MemoryTransport) => Promise<T>): Promise<T[]> {
    return Promise.all(this.transports.map(work));
  }

  /** Waits for all ranks. */
  meet(rank: number, arrival: Omit<Arrival, "done">): Promise<void> {
    if (this.#waiting[rank] !== undefined) {
      throw new Error(`rank ${rank} makes two calls at a time`);
    }
    return new Promise((resolve, reject) => {
      this.#waiting[rank] = { ...arrival, done: resolve };
      const arrivals = this.#waiting.filter((each) => each !== undefined);
      if (arrivals.length < this.#waiting.length) return;
      this.#waiting.fill(undefined);
      const names = new Set(arrivals.map(({ name }) => name));
      if (names.size > 1) return reject(new Error(`ranks call ${[...names]}`));
      this.log.push(arrival.name);
      // What is sent is what was there when the last rank came, as with a real library at the latest.
      const copies = arrivals.map((each) => ({ ...each, mine: each.mine.slice() }));
      for (const each of arrivals) each.take(copies);
      for (const each of arrivals) each.done();
    });
  }
}

/** One rank. */
export class MemoryTransport implements Transport {
  readonly localRank: number;
  readonly localSize: number;
  /** Whether the group was left. */
  finished = false;

  /** Joins a network. */
  constructor(
    readonly network: MemoryNetwork,
    readonly rank: number,
    readonly size: number,
  ) {
    this.localRank = rank;
    this.localSize = size;
  }

  allGather(mine: Uint8Array, all: Uint8Array): Promise<void> {
    return this.#meet(
      "allGather",
      mine,
      (arrivals) => arrivals.forEach((each, rank) => all.set(each.mine, rank * mine.length)),
    );
  }

  allGatherBlocks(mine: Uint8Array, all: Uint8Array, { lengths, starts }: Blocks): Promise<void> {
    return this.#meet(
      "allGatherBlocks",
      mine,
      (arrivals) =>
        arrivals.forEach((each, rank) =>
          all.set(each.mine.subarray(0, lengths[rank]), starts[rank])
        ),
    );
  }

  exchangeBlocks(
    mine: Uint8Array,
    theirs: Uint8Array,
    { send, receive }: { send: Blocks; receive: Blocks },
  ): Promise<void> {
    const total = send.lengths.reduce((sum, length) => sum + length, 0);
    this.network.sent[this.rank] += total - send.lengths[this.rank];
    const take = (arrivals: Arrival[]) =>
      arrivals.forEach((each, rank) => {
        const { starts, lengths } = each.send!;
        const block = each.mine.subarray(starts[this.rank], starts[this.rank] + lengths[this.rank]);
        if (block.length !== receive.lengths[rank]) throw new Error("blocks differ in length");
        theirs.set(block, receive.starts[rank]);
      });
    return this.network.meet(this.rank, { name: "exchangeBlocks", mine, take, send });
  }

  broadcast(bytes: Uint8Array, root: number): Promise<void> {
    return this.#meet("broadcast", bytes, (arrivals) => bytes.set(arrivals[root].mine));
  }

  abort(code: number): Promise<never> {
    return Promise.reject(new Error(`aborted with ${code}`));
  }

  finish(): void {
    this.finished = true;
  }

  #meet(name: string, mine: Uint8Array, take: Arrival["take"]): Promise<void> {
    return this.network.meet(this.rank, { name, mine, take });
  }
}

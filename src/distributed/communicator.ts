/**
 * What processes that train together say to each other.
 *
 * @module
 */

/** How values of several ranks become one. NaN wins in `"max"` and `"min"`, as in `Math.max`. */
export type ReduceOperation = "sum" | "max" | "min";

/** How values are reduced. */
export interface ReduceOptions {
  /** What is made of the values of all ranks. Default: `"sum"`. */
  operation?: ReduceOperation;
  /**
   * How values travel. `"f16"` halves the bytes: every share of a block is scaled by a power of two
   * to the range of halves, sums are f32. Default: `"none"`.
   */
  compression?: "none" | "f16";
}

/** Values that can be sent as they are. */
export type Payload = Float32Array | Uint32Array | Uint8Array;

/** What all ranks together say to a question. */
export interface Agreement {
  /** Whether at least one rank said yes. */
  any: boolean;
  /** Whether every rank said yes. */
  all: boolean;
}

/**
 * A group of processes, numbered from 0: one a GPU. Every rank makes the same calls in the same order;
 * a call that differs from another rank's is refused on all of them. Calls are carried out one after
 * the other in the order in which they were made. Until a call resolves, the values given to it
 * belong to it.
 *
 * Sums are f32 and added in the order of ranks, ((x0 + x1) + x2) + x3, whatever the library and the
 * network: all ranks get the same bits, and get them again from the same values.
 */
export interface Communicator {
  /** Number of this process. */
  readonly rank: number;
  /** Number of processes. */
  readonly size: number;
  /** Number of this process among those of its machine. */
  readonly localRank: number;
  /** Number of processes on this machine. */
  readonly localSize: number;

  /**
   * Replaces the values of every rank by the sum, or another reduction, over all ranks.
   *
   * @param values As many on every rank; overwritten.
   * @param options The operation, and how values travel.
   * @throws {Error} If ranks disagree about the call, or the library fails.
   */
  allReduce(values: Float32Array, options?: ReduceOptions): Promise<void>;

  /**
   * Reduces as {@linkcode allReduce} does, and keeps of the result this rank's share only, as
   * `shareOf` parts it.
   *
   * @param values As many on every rank; left as they are.
   * @param options The operation, and how values travel.
   * @returns The share.
   * @throws {Error} If ranks disagree about the call, or the library fails.
   */
  reduceScatter(values: Float32Array, options?: ReduceOptions): Promise<Float32Array<ArrayBuffer>>;

  /**
   * Gives every rank the values of all.
   *
   * @param values Any number of them, each rank its own; the same type on all.
   * @returns The values by rank: views of one buffer, which follow each other without gaps.
   * @throws {Error} If ranks disagree about the call, or the library fails.
   */
  allGather<T extends Payload>(values: T): Promise<T[]>;

  /**
   * Replaces the values of every rank by those of one.
   *
   * @param values As many on every rank; overwritten on all but `root`.
   * @param root The rank whose values count. Default: 0.
   * @throws {RangeError} If there is no such rank.
   * @throws {Error} If ranks disagree about the call, or the library fails.
   */
  broadcast(values: Payload, root?: number): Promise<void>;

  /** Waits until every rank has come here. */
  barrier(): Promise<void>;

  /**
   * Asks all ranks one question, such as whether there is another batch: so that ranks with uneven
   * data stop together, where one alone would leave the others waiting.
   *
   * @param flag What this rank says.
   * @returns What they say together.
   */
  agree(flag: boolean): Promise<Agreement>;

  /**
   * Gives every rank the value of one.
   *
   * @param value A value that JSON can hold; what other ranks than `root` give does not count.
   * @param root The rank whose value counts. Default: 0.
   * @returns The value of `root`, on every rank a copy.
   */
  broadcastJson<T>(value: T, root?: number): Promise<T>;

  /**
   * Gives every rank the values of all.
   *
   * @param value A value that JSON can hold.
   * @returns The values by rank, all of them copies.
   */
  gatherJson<T>(value: T): Promise<T[]>;

  /**
   * Ends this process and, where there are others, the whole job at once.
   *
   * @param code Exit code.
   * @param reason Goes to standard error, with the rank in front.
   */
  abort(code: number, reason: string): Promise<never>;

  /** Waits for all ranks and leaves the group; no call can follow. */
  finish(): Promise<void>;
}

/**
 * What a communicator needs of a message-passing library: bytes, and nothing of their meaning.
 *
 * @module
 */

/** Where the blocks of all ranks lie in a buffer, by rank. Unit: bytes. */
export interface Blocks {
  /** Lengths. */
  readonly lengths: Int32Array<ArrayBuffer>;
  /** Where each begins. */
  readonly starts: Int32Array<ArrayBuffer>;
}

/** One collective at a time; every rank makes the same calls. */
export interface Transport {
  /** Number of this process. */
  readonly rank: number;
  /** Number of processes. */
  readonly size: number;
  /** Number of this process among those of its machine. */
  readonly localRank: number;
  /** Number of processes on this machine. */
  readonly localSize: number;

  /**
   * Gives every rank the bytes of all, as many of each.
   *
   * @param mine This rank's bytes.
   * @param all Where those of all ranks go, by rank.
   */
  allGather(mine: Uint8Array, all: Uint8Array): Promise<void>;

  /**
   * Gives every rank the bytes of all, of each a number of its own.
   *
   * @param mine This rank's bytes.
   * @param all Where those of all ranks go.
   * @param blocks Where in `all`; the same on all ranks.
   */
  allGatherBlocks(mine: Uint8Array, all: Uint8Array, blocks: Blocks): Promise<void>;

  /**
   * Gives every rank one block of each.
   *
   * @param mine The blocks for the ranks.
   * @param theirs Where the blocks of the ranks go.
   * @param blocks Where both lie.
   * @param blocks.send In `mine`, by receiving rank.
   * @param blocks.receive In `theirs`, by sending rank.
   */
  exchangeBlocks(
    mine: Uint8Array,
    theirs: Uint8Array,
    blocks: { send: Blocks; receive: Blocks },
  ): Promise<void>;

  /**
   * Replaces the bytes of every rank by those of one.
   *
   * @param bytes As many on every rank.
   * @param root The rank whose bytes count.
   */
  broadcast(bytes: Uint8Array, root: number): Promise<void>;

  /**
   * Ends the processes of all ranks.
   *
   * @param code Exit code.
   */
  abort(code: number): Promise<never>;

  /** Leaves the group, after all ranks have come here. */
  finish(): void;
}

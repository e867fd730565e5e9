/**
 * The processes that train one model together.
 *
 * @module
 */
import type { Communicator } from "../../distributed/communicator.ts";
import { DeviceError, InputError, OutputError, UsageError } from "../../errors.ts";

/** What became of some work on a rank: nothing where it was not its own. */
type Outcome<T> = { value?: T; error?: { name: string; message: string } } | null;

/** Errors that keep their class on the ranks that only hear of them. */
const KINDS = { UsageError, InputError, OutputError, DeviceError } as const;

/** What the ranks of a run do together; every method is called by all of them, in the same order. */
export class RankGroup {
  /** Carries what they say. */
  readonly communicator: Communicator;
  readonly #own: AbortSignal | undefined;
  readonly #stop = new AbortController();

  /**
   * A group of two ranks or more.
   *
   * @param communicator Carries what they say.
   * @param own Asks this rank to stop. Default: nothing does.
   */
  constructor(communicator: Communicator, own?: AbortSignal) {
    this.communicator = communicator;
    this.#own = own;
  }

  /** Number of this process. */
  get rank(): number {
    return this.communicator.rank;
  }

  /** Number of processes. */
  get size(): number {
    return this.communicator.size;
  }

  /** Whether this is the rank that logs and saves. */
  get isMain(): boolean {
    return this.rank === 0;
  }

  /** Whether this rank was asked to stop; the others may not know. */
  get wantsToStop(): boolean {
    return this.#own?.aborted ?? false;
  }

  /** Is aborted on all ranks after the same step, once one of them was asked to stop. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Aborts {@linkcode signal}: all ranks have heard that one of them is to stop. */
  stop(): void {
    this.#stop.abort(this.#own?.aborted ? this.#own.reason : "another rank");
  }

  /**
   * Does something on one rank alone, and waits for it on all.
   *
   * @param work What to do; what it gives must be JSON.
   * @param options With `perNode`, the first rank of each machine does it. Default: rank 0 alone.
   * @returns What rank 0 got, on every rank.
   * @throws {Error} On all ranks, if it failed on one.
   */
  async once<T>(
    work: () => T | Promise<T>,
    { perNode = false }: { perNode?: boolean } = {},
  ): Promise<T> {
    const { communicator } = this;
    const isMine = this.isMain || (perNode && communicator.localRank === 0);
    let thrown: unknown = null;
    let own: Outcome<T> = null;
    try {
      if (isMine) own = { value: await work() };
    } catch (error) {
      thrown = error;
      own = { error: told(error) };
    }
    const all = await communicator.gatherJson(own);
    if (thrown !== null) throw thrown;
    const failed = all.findIndex((outcome) => outcome?.error !== undefined);
    if (failed >= 0) throw errorOf(all[failed]!.error!, failed);
    return all[0]!.value as T;
  }

  /**
   * Gives all ranks what rank 0 finds. The communicator is called before this returns, so that the order of
   * calls is the same on all ranks, even where nobody waits for the promise yet.
   *
   * @param work What to find; it must be JSON.
   * @returns It, on every rank a copy.
   * @throws {Error} On all ranks, if it failed on rank 0.
   */
  fromMain<T>(work: () => T): Promise<T> {
    let thrown: unknown = null;
    let own: Outcome<T> = null;
    try {
      if (this.isMain) own = { value: work() };
    } catch (error) {
      thrown = error;
      own = { error: told(error) };
    }
    return this.communicator.broadcastJson(own).then((outcome) => {
      if (thrown !== null) throw thrown;
      const { value, error } = outcome!;
      if (error !== undefined) throw errorOf(error, 0);
      return value as T;
    });
  }
}

function told(error: unknown): { name: string; message: string } {
  const { name, message } = error as Error;
  return { name, message };
}

function errorOf({ name, message }: { name: string; message: string }, rank: number): Error {
  const Kind = KINDS[name as keyof typeof KINDS] ?? Error;
  return new Kind(`${message} (on rank ${rank})`);
}

/**
 * Does something once for all ranks, or simply does it where there is one process.
 *
 * @param group The ranks; null for one process.
 * @param work What to do.
 * @param options See {@linkcode RankGroup.once}.
 * @returns What it gave on rank 0.
 */
export async function onceFor<T>(
  group: RankGroup | null,
  work: () => T | Promise<T>,
  options?: { perNode?: boolean },
): Promise<T> {
  return group === null ? await work() : await group.once(work, options);
}

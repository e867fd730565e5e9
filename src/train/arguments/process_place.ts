/**
 * Which of several processes this one is.
 *
 * @module
 */
import type { Communicator } from "../../distributed/communicator.ts";
import { SingleProcess } from "../../distributed/single_process.ts";

/** Which of several processes this is. */
export type ProcessPlace = Pick<Communicator, "rank" | "size" | "localRank" | "barrier">;

/** The place of a process that is alone. */
export const ALONE: ProcessPlace = new SingleProcess();

/**
 * Does something on one process before the others do it too.
 *
 * @param place Which process this is.
 * @param work What to do.
 * @param options Whether the first process of each machine goes first, or only the first of all.
 * @returns What `work` returns; with several processes a promise of it.
 */
export function mainProcessFirst<T>(
  place: ProcessPlace,
  work: () => T,
  { local }: { local: boolean },
): T | Promise<Awaited<T>> {
  if (place.size === 1) return work();
  const isFirst = (local ? place.localRank : place.rank) === 0;
  return (async (): Promise<Awaited<T>> => {
    if (!isFirst) await place.barrier();
    try {
      return await work();
    } finally {
      if (isFirst) await place.barrier();
    }
  })();
}

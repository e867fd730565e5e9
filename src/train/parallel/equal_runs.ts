/**
 * Makes sure that all ranks are at the same run.
 *
 * @module
 */
import { UsageError } from "../../errors.ts";
import { identityDifferences, type RunIdentity } from "../run_identity.ts";
import type { RankGroup } from "./rank_group.ts";

/**
 * Compares what ranks were given: with other rows, say, one would come to its end before the others.
 *
 * @param group The ranks.
 * @param identity What this rank's run is made of.
 * @param totalSteps How long it is.
 * @throws {UsageError} On all ranks, if they differ; it names two ranks and what differs.
 */
export async function checkEqualRuns(
  group: RankGroup,
  identity: RunIdentity,
  totalSteps: number,
): Promise<void> {
  const [first, ...others] = await group.communicator.gatherJson({
    ...identity,
    steps: totalSteps,
  });
  for (const [i, other] of others.entries()) {
    const differences = identityDifferences(first, other, false)
      .map((clause) => clause.replace(/ was (.*) and is /, ` is $1 on rank 0 and `))
      .map((clause) => `${clause} on rank ${i + 1}`);
    if (differences.length === 0) continue;
    throw new UsageError(
      `Cannot train with ${group.size} processes: they were given different runs: ${
        differences.join("; ")
      }; give all of them the same arguments, model and data`,
    );
  }
}

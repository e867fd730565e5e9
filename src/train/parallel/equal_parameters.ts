/**
 * Makes sure that all ranks have the same parameters, bit for bit.
 *
 * @module
 */
import { DeviceError, InputError } from "../../errors.ts";
import type { ParameterStore } from "../../gpu/parameter_slab.ts";
import type { RankGroup } from "./rank_group.ts";

/**
 * Compares the parameters of all ranks by hashes.
 *
 * @param group The ranks.
 * @param stores The parameters that are trained.
 * @param step Steps done.
 * @throws {InputError} If ranks begin with different parameters; it names two ranks and a parameter.
 * @throws {DeviceError} If they have become different.
 */
export async function checkEqualParameters(
  group: RankGroup,
  stores: readonly ParameterStore[],
  step: number,
): Promise<void> {
  const own: Record<string, string> = {};
  for (const [i, store] of stores.entries()) {
    for (const [name, { data }] of await store.download()) {
      const bytes = await crypto.subtle.digest("SHA-256", data);
      own[i === 0 ? name : `${name} of store ${i}`] = new Uint8Array(bytes).toHex().slice(0, 16);
    }
  }
  const [first, ...others] = await group.communicator.gatherJson(own);
  const other = others.findIndex((hashes) => JSON.stringify(hashes) !== JSON.stringify(first));
  if (other < 0) return;
  const names = Object.keys({ ...first, ...others[other] });
  const name = names.find((name) => first[name] !== others[other][name])!;
  const found = `"${name}" has the hash ${first[name] ?? "of nothing"} on rank 0 and ${
    others[other][name] ?? "of nothing"
  } on rank ${other + 1}`;
  throw step === 0
    ? new InputError(
      `Cannot train with ${group.size} processes: they begin with different parameters, ${found}; give all of them the same model and the same seed`,
    )
    : new DeviceError(
      `Cannot go on with ${group.size} processes: after step ${step} their parameters differ, ${found}; use adapters of one kind with one driver`,
    );
}

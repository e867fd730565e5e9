import { assertEquals, assertMatch } from "@std/assert";
import { DeviceError, InputError } from "../../../src/errors.ts";
import { checkEqualParameters } from "../../../src/train/parallel/equal_parameters.ts";
import { RankGroup } from "../../../src/train/parallel/rank_group.ts";
import { memoryRanks, rankGpus } from "../../support/tiny_ranks.ts";
import { tinyModel } from "../../support/tiny_training.ts";

/** What each of three ranks is told; rank 2 has changed one parameter where it is asked to. */
async function compared(changes: boolean, step: number): Promise<unknown[]> {
  const devices = await rankGpus(3);
  const groups = memoryRanks(3).map((each) => new RankGroup(each));
  return await Promise.all(groups.map(async (group, rank) => {
    const model = await tinyModel(devices[rank]);
    if (changes && rank === 2) {
      const bias = model.store.parameters.findLast(({ init }) => !init.decay)!.value;
      model.gpu.recorder.upload(bias, new Float32Array(bias.size).fill(7));
    }
    const result = await checkEqualParameters(group, [model.store], step).catch((error) => error);
    model.destroy();
    return result;
  }));
}

Deno.test("checkEqualParameters() lets ranks with the same parameters go on", async () => {
  assertEquals(await compared(false, 0), [undefined, undefined, undefined]);
});

Deno.test("checkEqualParameters() names the ranks and the parameter on all ranks", async () => {
  for (const [step, Kind] of [[0, InputError], [8, DeviceError]] as const) {
    const errors = await compared(true, step);
    for (const error of errors) {
      assertEquals(error instanceof Kind, true);
      assertMatch(
        (error as Error).message,
        /"[\w.]+\.bias" has the hash [0-9a-f]{16} on rank 0 and [0-9a-f]{16} on rank 2/,
      );
    }
    assertEquals(errors.length, 3);
  }
});

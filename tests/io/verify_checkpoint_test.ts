import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { InputError } from "../../src/errors.ts";
import { CHECKSUMS_NAME, writeChecksums } from "../../src/io/checksums.ts";
import { verifyCheckpoint } from "../../src/io/verify_checkpoint.ts";
import { withFolder } from "../support/with_folder.ts";

/** Three checkpoints; those of the given steps are damaged. */
async function withDamaged(
  steps: readonly number[],
  test: (path: (step: number) => string) => Promise<void>,
): Promise<void> {
  await withFolder({}, async (folder) => {
    const path = (step: number) => join(folder, `checkpoint-${step}`);
    for (const step of [10, 20, 30]) {
      await Deno.mkdir(path(step));
      await Deno.writeTextFile(join(path(step), "trainer_state.json"), "{}");
      await writeChecksums(path(step));
      if (steps.includes(step)) {
        await Deno.writeTextFile(join(path(step), "trainer_state.json"), "{ ");
      }
    }
    await test(path);
  });
}

Deno.test("verifyCheckpoint() refuses a damaged one and names the newest that is intact", async () => {
  await withDamaged([20, 30], async (path) => {
    await assertRejects(
      () => verifyCheckpoint(path(30)),
      InputError,
      `the file was damaged or changed; ${
        path(10)
      } is intact: to go on from it, give it as resume_from_checkpoint`,
    );
    assertEquals(await verifyCheckpoint(path(10)), null);
  });
  await withDamaged([10], async (path) => {
    await assertRejects(() => verifyCheckpoint(path(10)), InputError, `${path(30)} is intact`);
  });
});

Deno.test("verifyCheckpoint() says where none is intact, or nothing is known", async () => {
  await withDamaged([10, 20, 30], async (path) => {
    await Deno.remove(join(path(10), CHECKSUMS_NAME));
    await assertRejects(
      () => verifyCheckpoint(path(30)),
      InputError,
      "; no other checkpoint beside it is known to be intact; start anew",
    );
    assertEquals(
      await verifyCheckpoint(path(10)),
      `${path(10)} has no checksums.json: whether its files are intact is not known`,
    );
  });
});

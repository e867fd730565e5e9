import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { tune } from "../../src/cli/tune.ts";
import { UsageError } from "../../src/errors.ts";
import { captureOutput } from "../support/capture_output.ts";
import { withTinyBert } from "../support/model_directory.ts";
import { withEnvironment } from "../support/with_environment.ts";
import { withFolder } from "../support/with_folder.ts";

Deno.test("tune() shows a line a product of the model and keeps what is fastest", async () => {
  await withTinyBert({}, async (model) => {
    await withFolder({}, async (folder) => {
      await withEnvironment({ SENTRAIN_CACHE: folder }, async () => {
        const shown = await captureOutput(() => tune(["--model", model, "--tokens", "64"]));
        // Four weights that differ in shape, three products each; no two of one class.
        assertEquals([...shown.matchAll(/ (nt|nn|tn) /g)].length, 12);
        const path = /^Kept in (.+)$/m.exec(shown)![1];
        assert(path.startsWith(folder));
        const { choices } = JSON.parse(await Deno.readTextFile(path));
        assertEquals(Object.keys(choices).length, 12);
        assertStringIncludes(Object.keys(choices)[0], "matmul nn f32 f32 64x");
      });
    });
  });
});

Deno.test("tune() refuses what is no flag and no precision", async () => {
  await assertRejects(() => tune(["x"]), UsageError, 'Cannot read "x": tune takes flags alone');
  await assertRejects(() => tune(["--precision", "f8"]), UsageError, "wanted f32, f16, bf16");
  await assertRejects(() => tune(["--tokens", "0"]), UsageError, "--tokens");
});

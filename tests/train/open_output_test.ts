import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { InputError, OutputError } from "../../src/errors.ts";
import { CHECKSUMS_NAME } from "../../src/io/checksums.ts";
import { LOCK_NAME, OutputLock } from "../../src/io/output_lock.ts";
import { temporarySibling } from "../../src/io/temporary_name.ts";
import { openOutput } from "../../src/train/open_output.ts";
import { testGpu } from "../support/gpu.ts";
import { destroyTrainer, tinyTrainer } from "../support/tiny_training.ts";
import { withFolder } from "../support/with_folder.ts";

/** An output directory with checkpoints of steps 1 and 2. */
async function withCheckpoints(test: (outputDir: string) => Promise<void>): Promise<void> {
  await withFolder({}, async (outputDir) => {
    const values = { outputDir, maxSteps: 2, saveStrategy: "steps", saveSteps: 1 } as const;
    const trainer = await tinyTrainer(await testGpu(), values);
    await trainer.train();
    await destroyTrainer(trainer);
    await test(outputDir);
  });
}

function names(outputDir: string): string[] {
  return [...Deno.readDirSync(outputDir)].map(({ name }) => name).sort();
}

Deno.test("openOutput() locks, repairs and finds the newest checkpoint, and unlocks", async () => {
  await withCheckpoints(async (outputDir) => {
    const newest = join(outputDir, "checkpoint-2");
    await Deno.rename(newest, temporarySibling(newest));
    {
      using output = await openOutput(outputDir, { from: true });
      assertEquals([output.saved?.path, output.saved?.state.global_step], [newest, 2]);
      assertEquals(output.notes, []);
      assert(names(outputDir).includes(LOCK_NAME));
      await assertRejects(() => openOutput(outputDir, { from: null }), OutputError, "another run");
    }
    assertEquals(names(outputDir).includes(LOCK_NAME), false);
    using lock = await OutputLock.take(outputDir);
    {
      using output = await openOutput(outputDir, { from: null, lock });
      assertEquals([output.saved, output.lock === lock], [null, true]);
    }
    assertEquals(await lock.confirm(), null);
  });
});

Deno.test("openOutput() refuses a damaged checkpoint by the name of the file, and unlocks", async () => {
  await withCheckpoints(async (outputDir) => {
    const newest = join(outputDir, "checkpoint-2");
    const files: string[] = [];
    const walk = (directory: string) => {
      for (const { name, isDirectory } of Deno.readDirSync(directory)) {
        if (isDirectory) walk(join(directory, name));
        else files.push(join(directory, name));
      }
    };
    walk(newest);
    for (const file of files) {
      const bytes = await Deno.readFile(file);
      const damaged = bytes.slice();
      // Within a letter or a weight, wherever that lies.
      damaged[Math.floor(bytes.length / 2)] ^= 1;
      await Deno.writeFile(file, damaged);
      const error = await assertRejects(() => openOutput(outputDir, { from: true }), InputError);
      assert(error.message.includes(newest), error.message);
      if (!file.endsWith(CHECKSUMS_NAME) && !file.endsWith("trainer_state.json")) {
        assert(error.message.startsWith(`Cannot trust ${file}: its digest differs`), error.message);
        assert(error.message.includes(`${join(outputDir, "checkpoint-1")} is intact`));
      }
      await Deno.writeFile(file, bytes);
    }
    assertEquals(files.length, 17);
    assertEquals(names(outputDir).includes(LOCK_NAME), false);
  });
});

Deno.test("openOutput() takes a checkpoint without checksums, and says so", async () => {
  await withCheckpoints(async (outputDir) => {
    const path = join(outputDir, "checkpoint-1");
    await Deno.remove(join(path, CHECKSUMS_NAME));
    using output = await openOutput(outputDir, { from: path });
    assertEquals(output.notes, [
      `${path} has no checksums.json: whether its files are intact is not known`,
    ]);
  });
});

Deno.test("openOutput() makes no directory for a checkpoint that is not there", async () => {
  await withFolder({}, async (folder) => {
    const outputDir = join(folder, "none");
    for (const from of [true, join(folder, "gone")]) {
      await assertRejects(() => openOutput(outputDir, { from }), InputError);
    }
    assertEquals(names(folder), []);
    using _ = await openOutput(outputDir, { from: null });
    assertEquals(names(folder), ["none"]);
  });
});

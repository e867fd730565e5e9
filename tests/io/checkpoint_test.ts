import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { basename, join } from "@std/path";
import { InputError } from "../../src/errors.ts";
import { checkpointName, listCheckpoints, rotateCheckpoints } from "../../src/io/checkpoint.ts";
import { TEMPORARY_PREFIX } from "../../src/io/write_files.ts";

/** An output directory with complete checkpoints of these steps. */
async function withCheckpoints(
  steps: readonly number[],
  test: (outputDir: string) => Promise<void>,
): Promise<void> {
  const outputDir = await Deno.makeTempDir();
  try {
    for (const step of steps) await makeCheckpoint(outputDir, `checkpoint-${step}`);
    await test(outputDir);
  } finally {
    await Deno.remove(outputDir, { recursive: true });
  }
}

async function makeCheckpoint(outputDir: string, name: string): Promise<void> {
  await Deno.mkdir(join(outputDir, name));
  await Deno.writeTextFile(join(outputDir, name, "trainer_state.json"), "{}");
}

async function stepsIn(outputDir: string): Promise<number[]> {
  return (await listCheckpoints(outputDir)).map(({ step }) => step);
}

Deno.test("checkpointName() takes whole numbers only", () => {
  assertEquals([0, 500].map(checkpointName), ["checkpoint-0", "checkpoint-500"]);
  for (const step of [-1, 1.5, NaN]) {
    assertThrows(() => checkpointName(step), RangeError, `found step ${step}, wanted a whole`);
  }
});

Deno.test("listCheckpoints() orders by step, not by name", async () => {
  await withCheckpoints([1000, 9, 200], async (outputDir) => {
    assertEquals(
      await listCheckpoints(outputDir),
      [9, 200, 1000].map((step) => ({
        step,
        path: join(outputDir, `checkpoint-${step}`),
      })),
    );
  });
});

Deno.test("listCheckpoints() passes over what is not a complete checkpoint", async () => {
  await withCheckpoints([7], async (outputDir) => {
    await Deno.mkdir(join(outputDir, "checkpoint-8"));
    await Deno.writeTextFile(join(outputDir, "checkpoint-9"), "a file");
    await makeCheckpoint(outputDir, `${TEMPORARY_PREFIX}checkpoint-10-0`);
    await makeCheckpoint(outputDir, "checkpoint-011");
    await makeCheckpoint(outputDir, "checkpoint-12-old");
    await makeCheckpoint(outputDir, "my-checkpoint-13");
    assertEquals(await stepsIn(outputDir), [7]);
  });
});

Deno.test("listCheckpoints() finds none in a missing directory and refuses a file", async () => {
  await withCheckpoints([], async (outputDir) => {
    assertEquals(await listCheckpoints(join(outputDir, "none")), []);
    const file = join(outputDir, "file");
    await Deno.writeTextFile(file, "");
    await assertRejects(
      () => listCheckpoints(file),
      InputError,
      `Cannot list checkpoints of ${file}: `,
    );
  });
});

Deno.test("rotateCheckpoints() removes the oldest, never the newest nor the best", async () => {
  const cases: [limit: number | null, best: number | null, left: number[]][] = [
    [null, null, [10, 20, 30, 40]],
    [0, null, [10, 20, 30, 40]],
    [-1, null, [10, 20, 30, 40]],
    [4, null, [10, 20, 30, 40]],
    [2, null, [30, 40]],
    [1, null, [40]],
    [2, 10, [10, 40]],
    [3, 10, [10, 30, 40]],
    [2, 30, [30, 40]],
    [1, 20, [20, 40]],
    [1, 40, [40]],
    [1, 99, [40]],
  ];
  assertEquals(cases.length, 12);
  for (const [limit, best, left] of cases) {
    await withCheckpoints([10, 20, 30, 40], async (outputDir) => {
      const bestPath = best === null ? null : join(outputDir, `checkpoint-${best}`);
      const removed = await rotateCheckpoints(outputDir, limit, bestPath);
      assertEquals(await stepsIn(outputDir), left);
      const gone = [10, 20, 30, 40].filter((step) => !left.includes(step)).map(checkpointName);
      assertEquals(removed.map((path) => basename(path)), gone);
      assertEquals([...Deno.readDirSync(outputDir)].length, left.length);
    });
  }
});

Deno.test("rotateCheckpoints() knows the best by any spelling of its path", async () => {
  await withCheckpoints([1, 2, 3], async (outputDir) => {
    await rotateCheckpoints(outputDir, 1, `${outputDir}/x/../checkpoint-1/`);
    assertEquals(await stepsIn(outputDir), [1, 3]);
  });
});

Deno.test("rotateCheckpoints() goes by age where an earlier run has left higher steps", async () => {
  const folder = await Deno.makeTempDir();
  for (const [step, seconds] of [[100, 10], [200, 20], [10, 30], [20, 40]]) {
    const path = join(folder, checkpointName(step));
    await Deno.mkdir(path);
    await Deno.writeTextFile(join(path, "trainer_state.json"), "{}");
    await Deno.utime(join(path, "trainer_state.json"), seconds, seconds);
  }
  const removed = await rotateCheckpoints(folder, 2, null);
  assertEquals(removed.map((path) => basename(path)), ["checkpoint-100", "checkpoint-200"]);
  await Deno.remove(folder, { recursive: true });
});

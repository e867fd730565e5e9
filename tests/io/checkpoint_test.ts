import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { basename, join } from "@std/path";
import { InputError, OutputError } from "../../src/errors.ts";
import {
  checkpointName,
  listCheckpoints,
  recoverCheckpoints,
  rotateCheckpoints,
} from "../../src/io/checkpoint.ts";
import { writeChecksums } from "../../src/io/checksums.ts";
import { TEMPORARY_PREFIX, temporarySibling } from "../../src/io/temporary_name.ts";
import { removeDirectoryAtomically, writeDirectoryAtomically } from "../../src/io/write_files.ts";
import { killedAt } from "../support/killed_at.ts";

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

async function made(path: string): Promise<string> {
  await Deno.mkdir(path);
  return path;
}

/** Writes what a directory of a run holds, its state last. */
async function fill(directory: string, content: string): Promise<void> {
  await Deno.writeTextFile(join(directory, "model.safetensors"), content);
  await Deno.writeTextFile(join(directory, "trainer_state.json"), `{"content": "${content}"}`);
}

/** What is in a filled directory; null where half of it is missing. */
async function contentOf(directory: string): Promise<string | null> {
  try {
    const { content } = JSON.parse(await Deno.readTextFile(join(directory, "trainer_state.json")));
    assertEquals(content, await Deno.readTextFile(join(directory, "model.safetensors")));
    return content;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

function namesIn(directory: string): string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
}

const KILLED_WORK: Record<string, {
  before: string | null;
  work: (path: string) => Promise<void>;
  /** What may be found afterwards, in the order in which later and later kills leave it. */
  after: readonly (string | null)[];
}> = {
  "a first checkpoint": {
    before: null,
    work: (path) => writeDirectoryAtomically(path, (to) => fill(to, "new")),
    after: [null, "new"],
  },
  "a replacement": {
    before: "old",
    work: (path) => writeDirectoryAtomically(path, (to) => fill(to, "new")),
    after: ["old", "new"],
  },
  "a removal": { before: "old", work: removeDirectoryAtomically, after: ["old", null] },
  "a failure": {
    before: "old",
    work: (path) =>
      writeDirectoryAtomically(path, async (to) => {
        await fill(to, "new");
        throw new TypeError("a defect");
      }).catch(() => {}),
    after: ["old"],
  },
};

for (const [what, { before, work, after }] of Object.entries(KILLED_WORK)) {
  for (const name of ["checkpoint-7", "final"]) {
    Deno.test(`recoverCheckpoints() after ${what} of ${name} that was killed anywhere`, async () => {
      const seen = new Set<string | null>();
      for (let kill = 1, isDone = false; !isDone; kill++) {
        await withCheckpoints([3], async (outputDir) => {
          const path = join(outputDir, name);
          if (before !== null) await fill(await made(path), before);
          isDone = !await killedAt(kill, () => work(path));
          // Recovering may be killed, too.
          for (let again = 1; await killedAt(again, () => recoverCheckpoints(outputDir)); again++);
          const content = await contentOf(path);
          assert(after.includes(content), `${content} after kill ${kill}`);
          assertEquals(namesIn(outputDir), ["checkpoint-3", ...content === null ? [] : [name]]);
          seen.add(content);
        });
        assert(kill < 50);
      }
      assertEquals([...seen], after);
    });
  }
}

Deno.test("recoverCheckpoints() puts the newest whole one back and removes all other leftovers", async () => {
  await withCheckpoints([3], async (outputDir) => {
    const path = join(outputDir, "checkpoint-7");
    const leftover = async (content: string, seconds: number, kind?: "replaced" | "removed") => {
      const directory = await made(temporarySibling(path, kind));
      await fill(directory, content);
      await Deno.utime(join(directory, "trainer_state.json"), seconds, seconds);
      return directory;
    };
    await leftover("older", 10, "replaced");
    await leftover("newest", 30);
    await leftover("new", 20);
    await leftover("half removed", 50, "removed");
    const cutOff = await leftover("cut off", 40);
    await Deno.writeTextFile(join(cutOff, "trainer_state.json"), '{"content": "cu');
    // Its state is whole, but the machine failed before its weights were on the disk.
    const unsynced = await leftover("unsynced", 60);
    await writeChecksums(unsynced);
    await Deno.truncate(join(unsynced, "model.safetensors"));
    await fill(
      await made(temporarySibling(join(outputDir, "checkpoint-3"))),
      "of one that is there",
    );
    await fill(await made(temporarySibling(join(outputDir, "checkpoint-x"))), "of no checkpoint");
    await made(temporarySibling(join(outputDir, "checkpoint-8")));
    await Deno.writeTextFile(temporarySibling(join(outputDir, "checkpoint-9")), "a file");
    await Deno.writeTextFile(join(outputDir, `${TEMPORARY_PREFIX}probe`), "");
    await Deno.writeTextFile(join(outputDir, ".sentrain"), "another's");
    assertEquals(namesIn(outputDir).length, 13);
    await recoverCheckpoints(outputDir);
    assertEquals(namesIn(outputDir), [".sentrain", "checkpoint-3", "checkpoint-7"]);
    assertEquals(await contentOf(path), "newest");
    assertEquals(
      await Deno.readTextFile(join(outputDir, "checkpoint-3", "trainer_state.json")),
      "{}",
    );
  });
});

Deno.test("recoverCheckpoints() takes the replacement where both were written at the same time", async () => {
  for (const order of [["replaced", "new"], ["new", "replaced"]] as const) {
    await withCheckpoints([], async (outputDir) => {
      const path = join(outputDir, "checkpoint-7");
      for (const kind of order) {
        const directory = await made(temporarySibling(path, kind));
        await fill(directory, kind);
        await Deno.utime(join(directory, "trainer_state.json"), 10, 10);
      }
      await recoverCheckpoints(outputDir);
      assertEquals(await contentOf(path), "new");
    });
  }
});

Deno.test("recoverCheckpoints() does nothing where there is no directory", async () => {
  await withCheckpoints([], async (outputDir) => {
    await recoverCheckpoints(join(outputDir, "none"));
    await Deno.writeTextFile(join(outputDir, "file"), "");
    await recoverCheckpoints(join(outputDir, "file"));
    assertEquals(namesIn(outputDir), ["file"]);
  });
});

Deno.test("recoverCheckpoints() says what it cannot read or rename", async () => {
  await withCheckpoints([], async (outputDir) => {
    await fill(await made(temporarySibling(join(outputDir, "checkpoint-7"))), "new");
    const original = Deno.rename;
    Deno.rename = () => Promise.reject(new Error("EIO (os error)"));
    try {
      await assertRejects(
        () => recoverCheckpoints(outputDir),
        OutputError,
        `Cannot put ${join(outputDir, "checkpoint-7")} back: EIO (os error)`,
      );
    } finally {
      Deno.rename = original;
    }
    assertEquals(namesIn(outputDir).length, 1);
  });
  await assertRejects(
    () => recoverCheckpoints("a\0b"),
    InputError,
    "Cannot recover checkpoints of a\0b: ",
  );
});

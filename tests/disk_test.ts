import { assert, assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { listCheckpoints } from "../src/io/checkpoint.ts";
import { verifyChecksums } from "../src/io/checksums.ts";
import type { TrainerCallback } from "../src/train/callbacks/callback.ts";
import { testGpu } from "./support/gpu.ts";
import { TINY_BERT } from "./support/model_directory.ts";
import { withSmallDisk } from "./support/small_disk.ts";
import { destroyTrainer, tinyTrainer } from "./support/tiny_training.ts";
import { withFolder } from "./support/with_folder.ts";

const CLI = fromFileUrl(new URL("../cli.ts", import.meta.url));

const ROWS = "question,answer\na cat,it purrs\na dog,it barks\na boat,it floats\na train,it runs\n";

/** Runs a command that may write files of 300 blocks of 512 bytes: the state of the optimizer takes more. */
const LIMITED = "trap '' XFSZ; ulimit -f 300; exec \"$@\"";

/** Room for two checkpoints of about 350 kB and a model, not for three checkpoints. */
const SIZE = 1000;

/** Trains below a folder; each step ends with a checkpoint. */
async function train(
  folder: string,
  flags: readonly string[] = [],
  { steps = 4, shell }: { steps?: number; shell?: string } = {},
) {
  const rows = await Deno.makeTempFile({ suffix: ".csv" });
  await Deno.writeTextFile(rows, ROWS);
  const args = [
    ...[
      "run",
      "-A",
      "--no-check",
      CLI,
      "train",
      "--model",
      TINY_BERT,
      "--train-dataset",
      `pairs=${rows}`,
    ],
    ...["--output-dir", join(folder, "out"), "--max-steps", String(steps), "--save-steps", "1"],
    ...["--per-device-train-batch-size", "2", ...flags],
  ];
  const command = shell === undefined
    ? new Deno.Command(Deno.execPath(), { args })
    : new Deno.Command("sh", { args: ["-c", shell, "sh", Deno.execPath(), ...args] });
  const { code, stdout, stderr } = await command.output();
  await Deno.remove(rows);
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Steps of the checkpoints that are left, which must all be intact; nothing half may be left. */
async function stepsLeft(folder: string): Promise<number[]> {
  const outputDir = join(folder, "out");
  const checkpoints = await listCheckpoints(outputDir);
  for (const { path } of checkpoints) assert(await verifyChecksums(path), path);
  const half = [...Deno.readDirSync(outputDir)].filter(({ name }) => name.startsWith(".sentrain"));
  assertEquals(half, []);
  return checkpoints.map(({ step }) => step);
}

/** A file system as it is, or one that gives no room although there is some. */
const FULL =
  /Cannot write \S+\/out\/checkpoint-(\d)\/\S+: [^;]+; [^;]+ \(found [\d.]+[kMGT]?B free, wanted at least [23]\d\dkB\); \S+\/out\/checkpoint-(\d) is whole/;

Deno.test("a full disk ends a run with the file and the space wanted, and harms no checkpoint", async () => {
  const isMounted = await withSmallDisk(SIZE, async ({ folder }) => {
    const { code, stderr } = await train(folder);
    assertEquals(code, 1, stderr);
    assertEquals(FULL.exec(stderr)?.slice(1), ["3", "2"], stderr);
    assertMatch(stderr, /no space is left on the device/);
    assertEquals(await stepsLeft(folder), [1, 2]);
  });
  if (!isMounted) await withLimit();
});

Deno.test("a limit of the size of files ends a run as a full disk does", withLimit);

/** No privilege is needed for this one. */
async function withLimit(): Promise<void> {
  await withFolder({}, async (folder) => {
    assertEquals((await train(folder, [], { steps: 2 })).code, 0);
    const { code, stderr } = await train(folder, ["--resume-from-checkpoint"], { shell: LIMITED });
    assertEquals(code, 1, stderr);
    assertEquals(FULL.exec(stderr)?.slice(1), ["3", "2"], stderr);
    assertMatch(stderr, /optimizer\.safetensors: the file would be larger than this process may/);
    assertEquals(await stepsLeft(folder), [1, 2]);
  });
}

Deno.test("with --continue-when-saving-fails a run goes on, says so each time, and ends with 1", async () => {
  const check = async (folder: string, shell?: string) => {
    const flags = ["--continue-when-saving-fails", ...shell ? ["--resume-from-checkpoint"] : []];
    const { code, stdout, stderr } = await train(folder, flags, { shell });
    assertEquals(code, 1, stderr);
    const told = stdout.split("\n").filter((line) =>
      /^Cannot write .*; training goes on$/.test(line)
    );
    assertEquals(told.map((line) => FULL.exec(line)?.[1]), ["3", "4"], stdout + stderr);
    assertMatch(
      stderr,
      /Saved the model to \S+\/out\/final, but not the last checkpoint: Cannot write \S+\/out\/checkpoint-4\//,
    );
    assertEquals(await stepsLeft(folder), [1, 2]);
  };
  const isMounted = await withSmallDisk(SIZE, ({ folder }) => check(folder));
  if (isMounted) return;
  await withFolder({}, async (folder) => {
    assertEquals((await train(folder, [], { steps: 2 })).code, 0);
    await check(folder, LIMITED);
  });
});

Deno.test("a run that had no room and has it again ends as if nothing had been", async () => {
  const run = async (outputDir: string, [fill, free]: [() => void, () => void]) => {
    const callback: TrainerCallback = {
      name: "disk",
      onStepEnd: ({ state: { globalStep } }) => {
        if (globalStep === 2) fill();
        if (globalStep === 4) free();
      },
    };
    const lines: string[] = [];
    const values = { outputDir, maxSteps: 5, saveStrategy: "steps", saveSteps: 1 } as const;
    const trainer = await tinyTrainer(await testGpu(), { ...values, saveTotalLimit: 1 }, {
      callbacks: [callback],
      reporters: [{ message: (line: string) => void lines.push(line) }],
      onSaveFailure: "continue",
    });
    const { saveFailure } = await trainer.train();
    await destroyTrainer(trainer);
    assertEquals(saveFailure, null);
    const told = lines.filter((line) => /^Cannot write .*checkpoint-1 is whole/.test(line));
    assertEquals(told.length, 2, lines.join("\n"));
  };
  const isMounted = await withSmallDisk(SIZE, async ({ folder }) => {
    const ballast = join(folder, "ballast");
    await run(join(folder, "out"), [
      () => Deno.writeFileSync(ballast, new Uint8Array(400_000)),
      () => Deno.removeSync(ballast),
    ]);
    assertEquals(await stepsLeft(folder), [5]);
  });
  if (isMounted) return;
  await withFolder({}, async (folder) => {
    // A limit of the size of files cannot be lifted within a process: this refusal is made by hand.
    const { mkdir } = Deno;
    const refuse = () => {
      Deno.mkdir = () => Promise.reject(Object.assign(new Error("no space"), { code: "ENOSPC" }));
    };
    await run(join(folder, "out"), [refuse, () => Object.assign(Deno, { mkdir })]);
    assertEquals(await stepsLeft(folder), [5]);
  });
});

Deno.test("a disk that becomes read-only in the course of a run is told of, and harms no checkpoint", async () => {
  const isMounted = await withSmallDisk(SIZE, async (disk) => {
    const outputDir = join(disk.folder, "out");
    const callback: TrainerCallback = {
      name: "disk",
      onStepEnd: ({ state: { globalStep } }) => {
        if (globalStep === 2) disk.remount(true);
      },
    };
    const lines: string[] = [];
    const values = { outputDir, maxSteps: 3, saveStrategy: "steps", saveSteps: 1 } as const;
    const trainer = await tinyTrainer(await testGpu(), values, {
      callbacks: [callback],
      reporters: [{ message: (line: string) => void lines.push(line) }],
      onSaveFailure: "continue",
    });
    const { saveFailure, globalStep } = await trainer.train();
    await destroyTrainer(trainer);
    disk.remount(false);
    assertEquals(globalStep, 3);
    assertMatch(
      saveFailure!.message,
      /^Cannot write .*\/out\/checkpoint-3: .*checkpoint-1 is whole$/,
    );
    assertMatch(lines.join("\n"), /the file system is read-only; choose another directory/);
    disk.remount(true);
    const { code, stderr } = await train(disk.folder);
    assertEquals(code, 1);
    assertMatch(stderr, /^Cannot write \S+\/out: the file system is read-only/);
    disk.remount(false);
    const checkpoints = await listCheckpoints(outputDir);
    assertEquals(checkpoints.map(({ step }) => step), [1]);
    assert(await verifyChecksums(checkpoints[0].path));
  });
  if (!isMounted) await withMode();
});

Deno.test("a directory that may no longer be written is told of as a read-only disk is", withMode);

/** No privilege is needed for this one; who has that of writing everywhere gives it up. */
async function withMode(): Promise<void> {
  await withFolder({}, async (folder) => {
    const outputDir = join(folder, "out");
    const shell = Deno.uid() === 0 ? 'exec setpriv --bounding-set=-dac_override "$@"' : 'exec "$@"';
    const run = train(folder, ["--continue-when-saving-fails"], { steps: 60, shell });
    const newest = async () => (await listCheckpoints(outputDir)).at(-1)?.step ?? 0;
    while (await newest() < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    await Deno.chmod(outputDir, 0o555);
    const { code, stdout, stderr } = await run;
    await Deno.chmod(outputDir, 0o755);
    assertEquals(code, 1, stderr);
    assertMatch(stdout, /Cannot write \S+: permission denied; .* is whole; training goes on/);
    assertMatch(stderr, /Cannot write \S+\/out\/final: permission denied; choose a directory/);
    const kept = await newest();
    assert(kept >= 2 && kept < 60, `the newest checkpoint is ${kept}`);
    for (const { path } of await listCheckpoints(outputDir)) assert(await verifyChecksums(path));
  });
}

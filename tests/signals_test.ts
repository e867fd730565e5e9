import { assert, assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { listCheckpoints } from "../src/io/checkpoint.ts";
import { verifyChecksums } from "../src/io/checksums.ts";
import { LOCK_NAME } from "../src/io/output_lock.ts";
import { TEMPORARY_PREFIX } from "../src/io/temporary_name.ts";
import { TINY_BERT } from "./support/model_directory.ts";
import { withFolder } from "./support/with_folder.ts";

const CLI = fromFileUrl(new URL("../cli.ts", import.meta.url));
const SLOW_DISK = fromFileUrl(new URL("./support/slow_disk.ts", import.meta.url));

/** So many rows that nothing which goes through them all is over before it is stopped. */
const ROWS = Array.from(
  { length: 20_000 },
  (_, i) => `${JSON.stringify({ anchor: `a ${i % 9}`, positive: `b ${i % 7}` })}\n`,
).join("");

const FILES = { "pairs.jsonl": ROWS };

/** A training that goes on until it is stopped. */
function training(folder: string, flags: readonly string[], { slow = false } = {}): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", ...(slow ? ["--preload", SLOW_DISK] : []), CLI, "train"],
      ...["--model", TINY_BERT, "--train-dataset", join(folder, "pairs.jsonl")],
      ...["--output-dir", join(folder, "out"), "--max-steps", "100000", "--log-level", "info"],
      ...["--per-device-train-batch-size", "2", "--per-device-eval-batch-size", "2", ...flags],
    ],
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
  });
}

/** Starts a training, acts when it has printed something, and waits for its end. */
async function act(
  command: Deno.Command,
  when: RegExp,
  signal: (child: Deno.ChildProcess) => Promise<void> | void,
): Promise<{ code: number; stderr: string; stdout: string }> {
  const child = command.spawn();
  const errors = new Response(child.stderr).text();
  let stdout = "";
  let isDone = false;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    stdout += text;
    if (isDone || !when.test(stdout)) continue;
    isDone = true;
    await signal(child);
  }
  const { code } = await child.status;
  const stderr = await errors;
  assert(isDone, `never told of ${when}: ${stdout}${stderr}`);
  return { code, stdout, stderr };
}

function names(folder: string): string[] {
  return [...Deno.readDirSync(join(folder, "out"))].map(({ name }) => name);
}

/** The checkpoint that is left, which must be whole, and nothing but it. */
async function onlyCheckpoint(folder: string): Promise<string> {
  const checkpoints = await listCheckpoints(join(folder, "out"));
  assertEquals(checkpoints.length, 1);
  assert(await verifyChecksums(checkpoints[0].path));
  assertEquals(names(folder).filter((name) => name.startsWith(".sentrain")), []);
  return checkpoints[0].path;
}

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test(`${signal} while a run trains saves a checkpoint, says where and ends with ${code}`, async () => {
    await withFolder(FILES, async (folder) => {
      const flags = ["--save-strategy", "no", "--logging-steps", "1"];
      const stopped = await act(training(folder, flags), /step 3\//, (child) => child.kill(signal));
      const path = await onlyCheckpoint(folder);
      const step = path.split("-").at(-1);
      assertEquals(
        stopped.stderr,
        `${signal}: saving a checkpoint, then stopping; once more stops without it\n` +
          `Stopped by ${signal} at step ${step}: saved ${path}; to go on, give it as resume_from_checkpoint\n`,
      );
      assertEquals(stopped.code, code);
      const on = [...flags, "--resume-from-checkpoint", path];
      const again = await act(
        training(folder, on),
        /Resumed at step/,
        (child) => child.kill(signal),
      );
      assertMatch(again.stdout, new RegExp(`Resumed at step ${step}\n`));
      assertEquals(again.code, code);
    });
  });
}

Deno.test("a signal before the first step ends a run that has nothing to save", async () => {
  await withFolder(FILES, async (folder) => {
    const flags = ["--eval-dataset", join(folder, "pairs.jsonl")];
    const { code, stderr } = await act(
      training(folder, flags),
      /Running evaluation at step 0/,
      (child) => child.kill("SIGTERM"),
    );
    assertEquals(code, 143);
    assertMatch(stderr, /\nStopped by SIGTERM at step 0: there is nothing to save\n$/);
    assertEquals(names(folder).filter((name) => /checkpoint|sentrain/.test(name)), []);
  });
});

Deno.test("a signal in the middle of an evaluation saves the step before it", async () => {
  await withFolder(FILES, async (folder) => {
    const evaluation = "--eval-strategy steps --eval-steps 2 --save-strategy no".split(" ");
    // The evaluation before training is left out where a run goes on from a checkpoint.
    const first = await act(
      training(folder, ["--logging-steps", "1", "--save-steps", "1"]),
      /step 1\//,
      (child) => child.kill("SIGINT"),
    );
    assertEquals(first.code, 130);
    const from = (await listCheckpoints(join(folder, "out"))).at(-1)!;
    const { code, stderr } = await act(
      training(folder, [
        ...["--eval-dataset", join(folder, "pairs.jsonl"), ...evaluation],
        ...["--resume-from-checkpoint", from.path],
      ]),
      /Running evaluation at step/,
      (child) => child.kill("SIGINT"),
    );
    assertEquals(code, 130);
    const step = from.step + 2 - from.step % 2;
    assertMatch(stderr, new RegExp(`Stopped by SIGINT at step ${step}: saved .*-${step};`));
  });
});

Deno.test("a second signal while a checkpoint is written ends the run at once, and harms nothing", async () => {
  await withFolder(FILES, async (folder) => {
    const isWriting = () => names(folder).some((name) => name.startsWith(TEMPORARY_PREFIX));
    const twice = (pause: number) => async (child: Deno.ChildProcess) => {
      child.kill("SIGINT");
      while (!isWriting()) await new Promise((resolve) => setTimeout(resolve, 5));
      await new Promise((resolve) => setTimeout(resolve, pause));
      child.kill("SIGTERM");
    };
    const flags = ["--save-strategy", "no", "--logging-steps", "1"];
    // What comes at once is the same request, passed on by a wrapper.
    const first = await act(training(folder, flags, { slow: true }), /step 1\//, twice(0));
    assertEquals(first.code, 130);
    const path = await onlyCheckpoint(folder);
    const on = [...flags, "--resume-from-checkpoint", path];
    const second = await act(training(folder, on, { slow: true }), /step 6\//, twice(1200));
    assertEquals(second.code, 143);
    assertMatch(second.stderr, /SIGTERM: stopped without saving; the checkpoints written before/);
    assert(isWriting(), "nothing was being written");
    assertEquals(names(folder).includes(LOCK_NAME), false);
    // The next run removes what is half and goes on from what is whole.
    const third = await act(
      training(folder, [...flags, "--resume-from-checkpoint", "true"]),
      /Resumed at step/,
      (child) => child.kill("SIGINT"),
    );
    assertMatch(third.stdout, new RegExp(`Resumed at step ${path.split("-").at(-1)}\n`));
    assertEquals(isWriting(), false);
  });
});

import { assert, assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { listCheckpoints } from "../src/io/checkpoint.ts";
import { LOCK_NAME } from "../src/io/output_lock.ts";
import { TINY_BERT } from "./support/model_directory.ts";
import { withFolder } from "./support/with_folder.ts";

const CLI = fromFileUrl(new URL("../cli.ts", import.meta.url));
const FILES = { "pairs.csv": "question,answer\na cat,it purrs\na dog,it barks\n" };

function training(folder: string, steps: number, ...flags: string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", CLI, "train", "--model", TINY_BERT],
      ...["--train-dataset", join(folder, "pairs.csv"), "--output-dir", join(folder, "out")],
      ...["--max-steps", String(steps), "--save-steps", "1", "--save-total-limit", "2", ...flags],
    ],
    stdout: "piped",
    stderr: "piped",
  });
}

async function finish(
  run: Deno.Command,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await run.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

async function newest(folder: string): Promise<number> {
  return (await listCheckpoints(join(folder, "out"))).at(-1)?.step ?? 0;
}

Deno.test("a second run in an output directory is refused, one after a crash takes it over", async () => {
  await withFolder(FILES, async (folder) => {
    const lock = join(folder, "out", LOCK_NAME);
    const first = training(folder, 100_000).spawn();
    const over = first.output();
    while (await newest(folder) < 1) await new Promise((resolve) => setTimeout(resolve, 20));
    const refused = await finish(training(folder, 100_000));
    assertEquals(refused.code, 1);
    assertMatch(
      refused.stderr,
      new RegExp(`^Cannot train in ${folder}/out: another run, process ${first.pid}, writes there`),
    );
    const before = await newest(folder);
    while (await newest(folder) <= before) await new Promise((resolve) => setTimeout(resolve, 20));
    first.kill("SIGKILL");
    await over;
    assert(await Deno.stat(lock).then(({ isFile }) => isFile), "the lock is gone");
    const steps = await newest(folder) + 2;
    const taken = await finish(training(folder, steps, "--resume-from-checkpoint"));
    assertEquals(taken.code, 0, taken.stderr);
    assertMatch(
      taken.stderr,
      new RegExp(`^Warning: The run .* process ${first.pid} is gone, its lock is taken over\n$`),
    );
    assertEquals(await Deno.stat(lock).then(() => true, () => false), false);
  });
});

Deno.test("a run whose output nobody reads any more trains to its end", async () => {
  await withFolder(FILES, async (folder) => {
    const child = training(folder, 6, "--logging-steps", "1").spawn();
    await child.stdout.cancel();
    const stderr = await new Response(child.stderr).text();
    assertEquals((await child.status).code, 0, stderr);
    assertEquals(await newest(folder), 6);
  });
});

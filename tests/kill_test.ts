import { assert, assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { listCheckpoints } from "../src/io/checkpoint.ts";
import { tinyConfig, withTinyBert } from "./support/model_directory.ts";
import { withFolder } from "./support/with_folder.ts";

const CLI = fromFileUrl(new URL("../cli.ts", import.meta.url));
const KILLS = 5;
const STEPS = 40;

/** Pairs of texts, each its own. */
const PAIRS = Array.from({ length: 23 }, (_, i) => {
  const text = (shift: number) => `${String.fromCharCode(97 + (i + shift) % 26)} ${i % 7}`;
  return `${JSON.stringify({ anchor: text(0), positive: text(9) })}\n`;
}).join("");

/** A run whose every step draws dropout and ends with a checkpoint. */
function command(model: string, folder: string, name: string, resume: boolean): Deno.Command {
  const flags = {
    model,
    "train-dataset": join(folder, "pairs.jsonl"),
    "output-dir": join(folder, name),
    "max-steps": STEPS,
    "per-device-train-batch-size": 3,
    "gradient-accumulation-steps": 2,
    "save-strategy": "steps",
    "save-steps": 1,
    "save-total-limit": 2,
    "learning-rate": 1e-2,
    fp16: true,
    "batch-sampler": "no_duplicates",
  };
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-check",
      CLI,
      "train",
      ...Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, String(value)]),
      ...(resume ? ["--resume-from-checkpoint", "true"] : []),
    ],
    stdout: "null",
    stderr: "piped",
  });
}

async function finish(run: Deno.Command): Promise<void> {
  const { code, stderr } = await run.output();
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
}

/** Waits until there are other checkpoints than before, or the run is over. */
async function untilCheckpoint(outputDir: string, before: number, over: Promise<unknown>) {
  let isOver = false;
  void over.then(() => isOver = true);
  while (!isOver && ((await listCheckpoints(outputDir)).at(-1)?.step ?? 0) <= before) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

Deno.test("a run that is killed again and again ends with the weights of one that was not", async () => {
  const config = {
    ...await tinyConfig(),
    hidden_dropout_prob: 0.1,
    attention_probs_dropout_prob: 0.1,
  };
  await withTinyBert({ "config.json": config }, async (model) => {
    await withFolder({ "pairs.jsonl": PAIRS }, async (folder) => {
      await finish(command(model, folder, "whole", false));
      const outputDir = join(folder, "killed");
      let kills = 0;
      for (let step = 0; kills < KILLS;) {
        const child = command(model, folder, "killed", step > 0).spawn();
        const over = child.output();
        await untilCheckpoint(outputDir, step, over);
        // Anywhere between two steps, also while a checkpoint is written.
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 60));
        try {
          child.kill("SIGKILL");
          kills++;
        } catch {
          // It was faster.
        }
        const { success } = await over;
        step = (await listCheckpoints(outputDir)).at(-1)?.step ?? 0;
        if (success) break;
      }
      assert(kills > 1, `killed ${kills} times`);
      await finish(command(model, folder, "killed", true));
      const weights = (name: string) =>
        Deno.readFile(join(folder, name, "final", "model.safetensors"));
      assertEquals(await weights("killed"), await weights("whole"));
      const left = [...Deno.readDirSync(outputDir)].map(({ name }) => name)
        .filter((name) => name.startsWith("checkpoint"));
      assertEquals(left.sort(), [`checkpoint-${STEPS - 1}`, `checkpoint-${STEPS}`].sort());
    });
  });
});

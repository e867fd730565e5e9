import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { verifyCheckpoint } from "../../src/io/verify_checkpoint.ts";
import type { ArgumentValues } from "../../src/train/arguments/argument_values.ts";
import { runRanks } from "../support/mpi.ts";
import { withFolder } from "../support/with_folder.ts";

/** What the launcher grants ranks between SIGTERM and SIGKILL: the usual second is short on a busy machine. */
const GRACE = { OMPI_MCA_odls_base_sigkill_timeout: "4" };

/** Six steps of four rows, a checkpoint after every second. */
const ARGS: Partial<ArgumentValues> = {
  perDeviceTrainBatchSize: 2,
  numTrainEpochs: 1,
  saveStrategy: "steps",
  saveSteps: 2,
};

async function job(
  outputDir: string,
  { ranks = 2, fate = "", ...more }:
    & Partial<ArgumentValues>
    & { ranks?: number; fate?: string } = {},
) {
  const args = JSON.stringify({ ...ARGS, outputDir, ...more });
  const result = await runRanks("training.ts", { ranks, args: [args, fate], env: GRACE });
  return { ...result, lines: result.out.trim().split("\n").sort() };
}

const END = /^rank (\d): step 6 hash ([0-9a-f]+) loss ([\d.]+)$/;

/** Hash and loss with which all ranks ended. */
function endOf({ code, lines, err }: Awaited<ReturnType<typeof job>>, ranks: number) {
  assertEquals([code, lines.length], [0, ranks], err);
  const ends = lines.map((line) => END.exec(line));
  assert(ends.every((end) => end !== null), lines.join("\n"));
  assertEquals(ends.map((end) => Number(end[1])), Array.from({ length: ranks }, (_, i) => i));
  assertEquals(new Set(ends.map((end) => end[2])).size, 1);
  return { hash: ends[0][2], loss: Number(ends[0][3]) };
}

Deno.test("training over MPI survives a rank that is killed: the job ends, and resumes", async () => {
  await withFolder({}, async (folder) => {
    const whole = endOf(await job(join(folder, "whole")), 2);
    const outputDir = join(folder, "killed");
    const killed = await job(outputDir, { fate: "is killed" });
    assertEquals(killed.code, 137, killed.err);
    assertStringIncludes(killed.err, "the job lost a rank");
    assertEquals(await verifyCheckpoint(join(outputDir, "checkpoint-2")), null);
    const resumed = await job(outputDir, { resumeFromCheckpoint: "true" });
    assertEquals(endOf(resumed, 2), whole);
    // The same rows a step: another number of ranks goes on, and only the order of sums differs.
    const resumeFromCheckpoint = join(outputDir, "checkpoint-2");
    const alone = await job(join(folder, "alone"), {
      ranks: 1,
      perDeviceTrainBatchSize: 4,
      resumeFromCheckpoint,
    });
    const end = endOf(alone, 1);
    assert(Math.abs(end.loss - whole.loss) < 1e-5, `${end.loss} ${whole.loss}`);
    const other = await job(join(folder, "other"), { ranks: 1, resumeFromCheckpoint });
    assertEquals(other.code, 1);
    assertStringIncludes(other.err, "world_size x per_device_train_batch_size was 4 and is 2");
  });
});

Deno.test("training over MPI ends within ddp_timeout where a rank hangs", async () => {
  await withFolder({}, async (outputDir) => {
    const { code, err, seconds } = await job(outputDir, { fate: "hangs", ddpTimeout: 5 });
    assertEquals(code, 1);
    assertMatch(err, /rank 0 of 2 ends the job: allReduce\(.*\) did not complete within 5 s/);
    assert(seconds < 50, `${seconds} s`);
  });
});

Deno.test("training over MPI ends with the reason of a rank that throws", async () => {
  await withFolder({}, async (outputDir) => {
    const { code, err } = await job(outputDir, { fate: "throws" });
    assertEquals(code, 1);
    assertStringIncludes(err, "Rank 1 of 2 ends the job: ");
    assertStringIncludes(err, "rank 1 has no data");
  });
});

Deno.test("training over MPI stops on all ranks after the same step, and saves", async () => {
  await withFolder({}, async (outputDir) => {
    const { code, lines, err } = await job(outputDir, { fate: "is stopped" });
    assertEquals(code, 143, err);
    const path = join(outputDir, "checkpoint-4");
    assertEquals(lines.map((line) => line.split(": saved ")[0]), [
      "rank 0: Stopped by another rank at step 4",
      "rank 1: Stopped by SIGTERM at step 4",
    ]);
    assertEquals(await verifyCheckpoint(path), null);
  });
});

Deno.test("the command train works where rank 0 alone has the files: dispatch_batches", async () => {
  const row = (i: number) => JSON.stringify({ anchor: `number ${i}`, positive: `the number ${i}` });
  // More than all ranks are told before their turn, and not the same number for each at the end.
  const rows = Array.from({ length: 1101 }, (_, i) => row(i)).join("\n");
  const files = { "a/pairs.jsonl": rows, "b/elsewhere.txt": "" };
  await withFolder(files, async (folder) => {
    const train = (name: string, ...more: string[]) =>
      runRanks("../../../cli.ts", {
        ranks: 2,
        directories: [join(folder, "a"), join(folder, name)],
        args: [
          ...["train", "--train-dataset", "pairs.jsonl", "--eval-dataset", "pairs.jsonl"],
          ...["--output-dir", join(folder, `out-${name}`), "--per-device-train-batch-size", "64"],
          ...["--batch-sampler", "no_duplicates", "--max-seq-length", "8", "--max-steps", "9"],
          ...[
            "--per-device-eval-batch-size",
            "64",
            "--logging-steps",
            "1",
            "--disable-tqdm",
            "true",
          ],
          ...more,
        ],
      });
    const plain = await train("a");
    const sent = await train("b", "--dispatch-batches", "true");
    assertEquals([plain.code, sent.code], [0, 0], plain.err + sent.err);
    const weights = (name: string) =>
      Deno.readFile(join(folder, `out-${name}`, "final", "model.safetensors"));
    assertEquals(await weights("b"), await weights("a"));
    const missing = await train("b");
    assertEquals(missing.code, 1);
    assertStringIncludes(missing.err, "Rank 1 of 2 ends the job: ");
    assertStringIncludes(missing.err, "pairs.jsonl");
  });
});

Deno.test("the command train works on two ranks, which say everything once", async () => {
  const row = (i: number) => JSON.stringify({ anchor: `number ${i}`, positive: `the number ${i}` });
  const rows = Array.from({ length: 16 }, (_, i) => row(i)).join("\n");
  await withFolder({ "pairs.jsonl": rows }, async (folder) => {
    const { code, out, err } = await runRanks("../../../cli.ts", {
      ranks: 2,
      args: [
        ...["train", "--train-dataset", join(folder, "pairs.jsonl")],
        ...["--output-dir", join(folder, "out"), "--per-device-train-batch-size", "4"],
        ...["--max-steps", "2", "--save-strategy", "steps", "--save-steps", "2"],
        ...["--ddp-backend", "mpi", "--fsdp", "shard_grad_op", "--disable-tqdm", "true"],
      ],
    });
    assertEquals(code, 0, err);
    for (const once of ["16 rows of anchor, positive", "batch 8", "Saved the model to"]) {
      assertEquals(out.split(once).length - 1, 1, `${once}\n${out}`);
    }
    assertEquals(await verifyCheckpoint(join(folder, "out/checkpoint-2")), null);
    const files = [...Deno.readDirSync(join(folder, "out"))].map(({ name }) => name).sort();
    assertEquals(files, ["checkpoint-2", "final", "trainer_state.json", "training_log.jsonl"]);
  });
});

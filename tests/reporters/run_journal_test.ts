import { assertEquals } from "@std/assert";
import { JOURNAL_NAME, RunJournal } from "../../src/reporters/run_journal.ts";
import { withFolder } from "../support/with_folder.ts";
import { FACTS, PROGRESS } from "./run_facts.ts";

Deno.test("RunJournal writes a line for every moment, with speed and memory beside the loss", async () => {
  await withFolder({}, async (folder) => {
    const path = `${folder}/out/${JOURNAL_NAME}`;
    let time = 10;
    const journal = new RunJournal(path, { now: () => time++ });
    const lines = async () =>
      (await Deno.readTextFile(path)).trimEnd().split("\n").map((line) => JSON.parse(line));
    journal.start({ ...FACTS, runName: "mine", arguments: { seed: 1 } });
    assertEquals((await lines()).length, 1);
    journal.log({ loss: 1, step: 1 });
    journal.progress({ ...PROGRESS, hostBytes: 7, deviceBytes: 8 });
    journal.log({ loss: NaN, grad_norm: Infinity, step: 2 });
    journal.log({ eval_loss: 2, step: 2 });
    journal.finish();
    assertEquals(await lines(), [
      {
        event: "start",
        time: 10,
        run_name: "mine",
        model: "tiny",
        device: "llvmpipe",
        parameters: 1000,
        examples: 880,
        batch_size: 2,
        epochs: 1,
        total_steps: 440,
        start_step: 0,
        arguments: { seed: 1 },
      },
      { event: "log", time: 11, loss: 1, step: 1 },
      {
        event: "log",
        time: 12,
        loss: null,
        grad_norm: null,
        step: 2,
        rows_per_second: 812,
        tokens_per_second: 24_130,
        host_bytes: 7,
        device_bytes: 8,
      },
      { event: "log", time: 13, eval_loss: 2, step: 2 },
      { event: "end", time: 14 },
    ]);
    new RunJournal(path, { now: () => 15 }).finish();
    assertEquals((await lines()).length, 6);
  });
});

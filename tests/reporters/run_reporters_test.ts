import { assertEquals, assertMatch } from "@std/assert";
import { runReporters } from "../../src/reporters/run_reporters.ts";
import { walk } from "../support/walk.ts";
import { withFolder } from "../support/with_folder.ts";
import { FACTS } from "./run_facts.ts";

const ARGS = { loggingDir: null, runName: null, reportTo: null };

async function filesOf(args: Partial<Parameters<typeof runReporters>[0]>): Promise<string[]> {
  let files: string[] = [];
  await withFolder({}, async (folder) => {
    const reporters = runReporters({ ...ARGS, outputDir: `${folder}/out`, ...args });
    for (const reporter of reporters) reporter.log?.({ loss: 1 });
    assertEquals(await walk(folder), []);
    for (const reporter of reporters) reporter.start?.(FACTS);
    for (const reporter of reporters) reporter.finish?.();
    files = (await walk(folder)).sort();
  });
  return files;
}

Deno.test("runReporters() keeps a journal always, and an event file for tensorboard", async () => {
  assertEquals(await filesOf({}), ["out/training_log.jsonl"]);
  const [events, journal, ...more] = await filesOf({ reportTo: "tensorboard" });
  assertMatch(
    events,
    /^out\/runs\/[A-Z][a-z]{2}\d\d_\d\d-\d\d-\d\d_[\w.-]+\/events\.out\.tfevents\./,
  );
  assertEquals([journal, ...more], ["out/training_log.jsonl"]);
});

Deno.test("runReporters() puts files of services where logging_dir says", async () => {
  await withFolder({}, async (folder) => {
    const reportTo = ["tensorboard"];
    const files = await filesOf({ loggingDir: `${folder}/logs`, reportTo });
    assertEquals(files, ["out/training_log.jsonl"]);
    assertEquals((await walk(folder)).length, 1);
    assertMatch((await walk(folder))[0], /^logs\/events\.out\.tfevents\./);
  });
});

import { assertEquals, assertMatch } from "@std/assert";
import type { Reporter } from "../../src/reporters/reporter.ts";
import { testGpu } from "../support/gpu.ts";
import { destroyTrainer, tinyTrainer } from "../support/tiny_training.ts";
import { withFolder } from "../support/with_folder.ts";

/** What reporters are told in a run of one step, beside progress. */
async function toldBy(makeReporter: (told: string[]) => Reporter): Promise<string[]> {
  const told: string[] = [];
  await withFolder({}, async (outputDir) => {
    const reporters = [makeReporter(told), { start: () => void told.push("start") }];
    const args = { outputDir, maxSteps: 1, loggingSteps: 1 };
    const trainer = await tinyTrainer(await testGpu(), args, { reporters });
    await trainer.train();
    await destroyTrainer(trainer);
  });
  return told;
}

Deno.test("tellMemory() says after the start what a run takes, to reporters that show it", async () => {
  const [start, line, log] = await toldBy((told) => ({
    memory: (line) => void told.push(line),
    log: ({ loss }) => void (loss !== undefined && told.push("log")),
  }));
  assertEquals([start, log], ["start", "log"]);
  assertMatch(
    line,
    /^memory on the GPU: [\d.]+ MB in use \(parameters [\d.]+, gradients [\d.]+, optimizer [\d.]+, activations of \d+ tokens [\d.]+(, copies of operands [\d.]+)?\), [\d.]+ with buffers kept$/,
  );
  assertEquals(await toldBy((told) => ({ message: (line) => void told.push(line) })), ["start"]);
});

Deno.test("tellMemory() leaves it to the first step to fail where memory does not suffice", async () => {
  const gpu = await testGpu();
  await withFolder({}, async (outputDir) => {
    const told: string[] = [];
    const reporters: Reporter[] = [{
      memory: (line) => void told.push(line),
      message: (line) => void told.push(line),
    }];
    const args = { outputDir, maxSteps: 1, autoFindBatchSize: true, perDeviceTrainBatchSize: 12 };
    const trainer = await tinyTrainer(gpu, args, { reporters });
    gpu.pool.trim();
    gpu.pool.memoryLimit = gpu.pool.counters.held + 200_000;
    try {
      await trainer.train();
    } finally {
      gpu.pool.memoryLimit = Infinity;
    }
    const lines = told.map((line) => line.split(" ", 1)[0]);
    assertEquals(lines.slice(0, 3), ["memory", "Memory", "memory"]);
    await destroyTrainer(trainer);
  });
});

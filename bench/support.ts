/**
 * What benches share: a model of the main job's size on rows of its lengths, and a place to keep results.
 *
 * @module
 */
import { collate, type PackedBatch } from "../src/data/collator.ts";
import { Random } from "../src/data/random.ts";
import { formatTable } from "../src/reporters/table.ts";
import type { Gpu } from "../src/gpu/device.ts";

/**
 * A batch of pairs with lengths like those of WordNet's definitions and entries.
 *
 * @param pairs How many.
 * @param vocabulary Number of token ids.
 * @returns The batch.
 */
export function pairsBatch(pairs: number, vocabulary: number): PackedBatch {
  const random = new Random("bench");
  const texts = (low: number, high: number) =>
    Array.from(
      { length: pairs },
      () =>
        Uint32Array.from(
          { length: low + random.integer(high - low) },
          () => random.integer(vocabulary),
        ),
    );
  return collate([
    { name: "anchor", sequences: texts(6, 22) },
    { name: "positive", sequences: texts(8, 30) },
  ]);
}

/**
 * Prints GPU times by kernel, from timestamp queries, where the adapter has them.
 *
 * @param gpu The device.
 * @param title What is measured.
 * @param runs How often to run it.
 * @param run Records the work.
 */
export async function printKernelTimes(
  gpu: Gpu,
  title: string,
  runs: number,
  run: () => void | Promise<void>,
): Promise<void> {
  await run();
  await gpu.read(gpu.nothing);
  const profiler = gpu.startProfiler();
  if (profiler === null) return;
  for (let i = 0; i < runs; i++) await run();
  await gpu.read(gpu.nothing);
  const times = await profiler.take();
  gpu.recorder.profiler = null;
  const total = times.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const rows = times.map(({ label, count, milliseconds }) => [
    label,
    String(count / runs),
    milliseconds / runs,
    `${(100 * milliseconds / total).toFixed(1)} %`,
  ]);
  console.log(`\n${title} on ${gpu.info.description}: ${(total / runs).toFixed(1)} ms of GPU time`);
  console.log(formatTable(["kernel", "runs", "ms", "share"], rows, { digits: 2 }));
}

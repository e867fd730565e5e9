/**
 * `deno task flat [STEPS]`: trains a tiny model for 10,000 steps and shows that memory stays flat.
 *
 * @module
 */
import { Gpu } from "../../src/gpu/device.ts";
import { destroyTrainer, tinyPairs, tinyTrainer } from "../support/tiny_training.ts";
import { withFolder } from "../support/with_folder.ts";
import { growth, type MemorySample, memorySample, sampleRow } from "./memory_sample.ts";

/**
 * Trains, and looks at the process ten times.
 *
 * @param steps Optimizer steps.
 * @param show Is shown every sample.
 * @returns The samples; the first one after a tenth of the steps.
 */
export async function flat(
  steps: number,
  show: (sample: MemorySample) => void = () => {},
): Promise<MemorySample[]> {
  const samples: MemorySample[] = [];
  const every = Math.ceil(steps / 10);
  const gpu = await Gpu.request();
  await withFolder({}, async (outputDir) => {
    const args = { outputDir, maxSteps: steps, loggingSteps: every, learningRate: 1e-5 };
    const trainer = await tinyTrainer(gpu, args, {
      trainDataset: tinyPairs(40),
      dropout: 0.1,
      callbacks: [{
        onLog: ({ state: { globalStep } }) => {
          samples.push(memorySample(gpu, globalStep));
          show(samples.at(-1)!);
        },
      }],
    });
    await trainer.train();
    await destroyTrainer(trainer);
  });
  gpu.destroy();
  return samples.slice(0, 10);
}

if (import.meta.main) {
  const started = performance.now();
  const rows: Record<string, number>[] = [];
  const samples = await flat(Number(Deno.args[0] ?? 10_000), (sample) => {
    rows.push({ ...sampleRow(sample), seconds: Math.round((performance.now() - started) / 1000) });
    console.log(Object.entries(rows.at(-1)!).map((entry) => entry.join(" ")).join("  "));
  });
  const grown = growth(samples[0], samples.at(-1)!);
  for (const line of grown) console.error(line);
  console.log(grown.length === 0 ? "Memory is flat" : "Memory is not flat");
  Deno.exit(grown.length === 0 ? 0 : 1);
}

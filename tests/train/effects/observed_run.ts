/**
 * A small training run and everything that can be seen of it from outside.
 *
 * @module
 */
import { walk } from "../../support/walk.ts";
import type { Gpu } from "../../../src/gpu/device.ts";
import type { LogEntry } from "../../../src/io/trainer_state.ts";
import type { ArgumentValues } from "../../../src/train/arguments/argument_values.ts";
import type { TrainerState } from "../../../src/train/state.ts";
import type { TrainerInputs } from "../../../src/train/trainer_inputs.ts";
import { bitsOf, destroyTrainer, tinyTrainer } from "../../support/tiny_training.ts";
import { withFolder } from "../../support/with_folder.ts";

/** What was seen. */
export interface ObservedRun {
  /** Checksum of all parameters. */
  readonly weights: number;
  /** Where the run ended. */
  readonly state: TrainerState;
  /** The whole log. */
  readonly log: readonly LogEntry[];
  /** Keys of the log, each once. */
  readonly keys: readonly string[];
  /** Paths of all files, relative to a folder of the run's own. */
  readonly files: readonly string[];
  /** Names of checkpoints. */
  readonly checkpoints: readonly string[];
  /** Lines for whoever watches. */
  readonly messages: readonly string[];
  /** How often tensors were read back. */
  readonly reads: number;
  /** Workers that were started. */
  readonly workers: number;
  /** The most that activations took. Unit: bytes. */
  readonly peak: number;
  /** What an evaluation after training found, where there is something to evaluate. */
  readonly after: Readonly<Record<string, number>>;
}

/** Steps at which the log has a key. */
export function stepsWith({ log }: ObservedRun, key: string): unknown[] {
  return log.filter((entry) => key in entry).map(({ step }) => step);
}

/** Values that the log has under a key. */
export function valuesOf({ log }: ObservedRun, key: string): unknown[] {
  return log.filter((entry) => key in entry).map((entry) => entry[key]);
}

/**
 * Trains the tiny model.
 *
 * @param gpu The device.
 * @param args Its arguments; `outputDir` is below a folder of the run's own.
 * @param inputs What else the trainer gets.
 */
export async function observedRun(
  gpu: Gpu,
  args: Partial<ArgumentValues>,
  inputs: Partial<TrainerInputs> & { dropout?: number } = {},
): Promise<ObservedRun> {
  let seen: ObservedRun | null = null;
  await withFolder({}, async (folder) => {
    const messages: string[] = [];
    const trainer = await tinyTrainer(gpu, {
      numTrainEpochs: 1,
      ...args,
      outputDir: `${folder}/${args.outputDir ?? "out"}`,
    }, { ...inputs, reporters: [{ message: (line) => messages.push(line) }] });
    const counters = countCalls(gpu);
    gpu.pool.resetPeak();
    const { live } = gpu.pool.counters;
    try {
      await trainer.train();
      const { peak } = gpu.pool.counters;
      const { reads, workers } = counters;
      const log = [...trainer.state.logHistory];
      const judged = inputs.evalDataset !== undefined;
      const after = judged ? await trainer.evaluate() : {};
      const files = await walk(folder);
      seen = {
        weights: checksum(await bitsOf(trainer.model)),
        state: trainer.state,
        log,
        keys: [...new Set(log.flatMap((entry) => Object.keys(entry)))].sort(),
        files,
        checkpoints: [
          ...new Set(files.flatMap((file) => /checkpoint-\d+/.exec(file)?.[0] ?? [])),
        ].sort(),
        messages,
        reads,
        workers,
        peak: peak - live,
        after,
      };
    } finally {
      counters.restore();
      await destroyTrainer(trainer);
    }
  });
  return seen!;
}

function countCalls(gpu: Gpu) {
  const { read } = gpu;
  const { Worker } = globalThis;
  const counters = {
    reads: 0,
    workers: 0,
    restore: () => {
      gpu.read = read;
      globalThis.Worker = Worker;
    },
  };
  gpu.read = (tensor) => {
    counters.reads++;
    return read.call(gpu, tensor);
  };
  globalThis.Worker = class extends Worker {
    constructor(...parameters: ConstructorParameters<typeof Worker>) {
      super(...parameters);
      counters.workers++;
    }
  };
  return counters;
}

function checksum(bits: Readonly<Record<string, Uint32Array>>): number {
  let sum = 0;
  for (const name of Object.keys(bits).sort()) {
    for (const word of bits[name]) sum = (Math.imul(sum, 31) + word) | 0;
  }
  return sum;
}

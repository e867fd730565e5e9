/**
 * The tiny training run on several ranks, which are all in this process and meet in memory.
 *
 * @module
 */
import { CollectiveCommunicator } from "../../src/distributed/collective_communicator.ts";
import type { Communicator } from "../../src/distributed/communicator.ts";
import { Dataset } from "../../src/data/dataset.ts";
import { Gpu } from "../../src/gpu/device.ts";
import type { ArgumentValues } from "../../src/train/arguments/argument_values.ts";
import type { SentenceTransformerTrainer } from "../../src/train/trainer.ts";
import type { TrainerInputs } from "../../src/train/trainer_inputs.ts";
import { MemoryNetwork } from "../distributed/memory_transport.ts";
import { bitsOf, destroyTrainer, tinyPairs, tinyTrainer } from "./tiny_training.ts";

type Inputs = Partial<TrainerInputs> & { dropout?: number };

/** What a rank came to. */
export interface TinyRank {
  /** Its trainer, destroyed. */
  trainer: SentenceTransformerTrainer;
  /** All parameters after training, as bits by name. */
  bits: Record<string, Uint32Array>;
  /** Losses in the log. */
  losses: number[];
}

const gpus: Promise<Gpu>[] = [];

/** A device for each rank of this test file: what ranks record must not mix. */
export async function rankGpus(size: number): Promise<Gpu[]> {
  while (gpus.length < size) gpus.push(Gpu.request());
  return await Promise.all(gpus.slice(0, size));
}

/** Communicators that meet in memory. */
export function memoryRanks(size: number): Communicator[] {
  return new MemoryNetwork(size).transports.map((transport) =>
    new CollectiveCommunicator(transport)
  );
}

/** Trains on every rank. With one rank there is no communicator at all. */
export async function trainOnRanks(
  size: number,
  args: Partial<ArgumentValues> | ((rank: number) => Partial<ArgumentValues>),
  { inputs = () => ({}), work = async (trainer) => void await trainer.train() }: {
    inputs?: (rank: number) => Inputs;
    work?: (trainer: SentenceTransformerTrainer, rank: number) => Promise<void>;
  } = {},
): Promise<TinyRank[]> {
  const devices = await rankGpus(size);
  const communicators = size === 1 ? [undefined] : memoryRanks(size);
  return await Promise.all(devices.map(async (gpu, rank) => {
    const communicator = communicators[rank];
    const own = typeof args === "function" ? args(rank) : args;
    const trainer = await tinyTrainer(gpu, { loggingSteps: 1, ...own }, {
      ...inputs(rank),
      ...(communicator && { communicator }),
    });
    try {
      await work(trainer, rank);
      return {
        trainer,
        bits: await bitsOf(trainer.model),
        losses: trainer.state.logHistory.flatMap(({ loss }) => loss == null ? [] : [Number(loss)]),
      };
    } finally {
      await destroyTrainer(trainer);
    }
  }));
}

/** Pairs with a similarity each. */
export function scoredPairs(rows: number): Dataset {
  const pairs = tinyPairs(rows);
  return new Dataset({
    name: "scored",
    texts: new Map(pairs.columns.map((column) => [column, pairs.text(column)])),
    labels: Array.from({ length: rows }, (_, row) => (row * 7 % 11) / 10),
  });
}

/** The largest difference of two models' parameters. */
export function largestDifference(
  a: Record<string, Uint32Array>,
  b: Record<string, Uint32Array>,
): number {
  let largest = 0;
  for (const [name, bits] of Object.entries(a)) {
    const [x, y] = [bits, b[name]].map((words) => new Float32Array(words.buffer));
    x.forEach((value, i) => largest = Math.max(largest, Math.abs(value - y[i])));
  }
  return largest;
}

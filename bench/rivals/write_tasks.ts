/**
 * Writes what the programs read: the same initial weights and batches for all engines.
 *
 * @module
 */
import { join } from "@std/path";
import type { Gpu } from "../../src/gpu/device.ts";
import { writeModelDirectory } from "../../src/io/write_model_directory.ts";
import {
  type BatchSizes,
  longPairs,
  randomBatch,
  type TextPair,
  tokenized,
  wordnetPairs,
} from "./step_batches.ts";
import { stepModel } from "./step_model.ts";
import { PAIRS, STANDARD, type StepBatch, type StepConfig, type StepTask } from "./task.ts";

/** Tokens of a sequence where all have the same. */
export const EVEN_LENGTH = 64;

/** Batches of real lengths, which steps take in turn. */
export const REAL_BATCHES = 8;

/** Batches of texts that trainers get: enough for all steps that are measured, as an epoch's end costs time. */
const TEXT_BATCHES = 32;

/** Where the files are. */
export interface TaskFiles {
  /** One batch of random ids, all sequences of {@linkcode EVEN_LENGTH} tokens. */
  readonly even: string;
  /** {@linkcode REAL_BATCHES} batches of WordNet's pairs. */
  readonly real: string;
  /** The initial weights, safetensors. */
  readonly weights: string;
}

/**
 * Writes tasks and weights of the standard step.
 *
 * @param gpu Where the model of the weights is made.
 * @param folder Where to write.
 * @returns The files.
 */
export async function writeTasks(gpu: Gpu, folder: string): Promise<TaskFiles> {
  const files = { even: join(folder, "even.json"), real: join(folder, "real.json") };
  const { config } = STANDARD;
  const batch = randomBatch(PAIRS, EVEN_LENGTH, config.vocab_size);
  await writeTask(files.even, `step of ${PAIRS} pairs, ${EVEN_LENGTH} tokens a text`, config, [
    batch,
  ]);
  const sizes = { pairs: PAIRS, batches: REAL_BATCHES };
  const batches = await tokenized(await wordnetPairs(sizes), sizes, config);
  await writeTask(files.real, `step of ${PAIRS} pairs, real lengths`, config, batches);
  return { ...files, weights: await writeModel(gpu, config, join(folder, "standard")) };
}

/** Which step of a published model. */
export interface StepChoice extends BatchSizes {
  /** Its name, for tables. */
  readonly model: string;
  /** Its sizes. */
  readonly config: StepConfig;
  /** Whether texts are WordNet's, or as long as is allowed. */
  readonly lengths: "real" | "full";
  /** Tokens after which a text is cut. */
  readonly longest: number;
}

/** Where the files of such a step are, and what is in it. */
export interface StepFiles {
  /** What it is, for tables. */
  readonly what: string;
  /** The task. */
  readonly task: string;
  /** Pairs as texts, JSON Lines: those of the task, and more. */
  readonly texts: string;
  /** Tokens of each sequence of all batches. */
  readonly tokens: readonly number[];
}

/**
 * Writes a step of a published model, as ids and as texts.
 *
 * @param folder Where to write.
 * @param choice Which step.
 * @returns The files.
 */
export async function writeStep(folder: string, choice: StepChoice): Promise<StepFiles> {
  const { model, config, pairs, lengths, longest } = choice;
  const sizes = { pairs, batches: Math.max(TEXT_BATCHES, choice.batches) };
  const texts = lengths === "real" ? await wordnetPairs(sizes) : await longPairs(sizes, longest);
  const batches = await tokenized(texts, choice, config, longest);
  const what = `${model}, ${pairs} pairs, ${
    lengths === "real" ? "real lengths" : `${longest} tokens`
  }`;
  const name = `${model}-${pairs}-${lengths}`;
  const files = { task: join(folder, `${name}.json`), texts: join(folder, `${name}.jsonl`) };
  await writeTask(files.task, what, config, batches);
  await Deno.writeTextFile(files.texts, texts.map(line).join(""));
  const tokens = batches.flatMap(({ anchor, positive }) =>
    [...anchor, ...positive].map((ids) => ids.length)
  );
  return { what, ...files, tokens };
}

/**
 * Writes a model directory with seeded weights.
 *
 * @param gpu Where the model is made.
 * @param config Its sizes.
 * @param directory Where to write.
 * @returns The file of the weights, safetensors.
 */
export async function writeModel(gpu: Gpu, config: StepConfig, directory: string): Promise<string> {
  const model = await stepModel(gpu, config, false);
  await Deno.mkdir(directory, { recursive: true });
  await writeModelDirectory(directory, await model.toSavedModel(""));
  model.destroy();
  return join(directory, "model.safetensors");
}

async function writeTask(
  path: string,
  what: string,
  config: StepConfig,
  batches: readonly StepBatch[],
): Promise<void> {
  const task: StepTask = { what, ...STANDARD, config, batches };
  await Deno.writeTextFile(path, JSON.stringify(task));
}

function line(pair: TextPair): string {
  return `${JSON.stringify(pair)}\n`;
}

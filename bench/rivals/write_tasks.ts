/**
 * Writes what the programs read: the same initial weights and batches for all engines.
 *
 * @module
 */
import { join } from "@std/path";
import { bertVocabulary } from "../../src/data/bert_vocabulary.ts";
import { Random } from "../../src/data/random.ts";
import { Tokenizer } from "../../src/data/tokenizer.ts";
import { wordnetEntryLinking } from "../../src/data/wordnet.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import { encodeSafetensors } from "../../src/io/safetensors.ts";
import { standardModel } from "./standard_model.ts";
import { PAIRS, STANDARD, type StepBatch, type StepTask } from "./task.ts";

/** Tokens of a sequence where all have the same. */
export const EVEN_LENGTH = 64;

/** Batches of real lengths, which steps take in turn. */
export const REAL_BATCHES = 8;

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
 * Writes tasks and weights.
 *
 * @param gpu Where the model of the weights is made.
 * @param folder Where to write.
 * @returns The files.
 */
export async function writeTasks(gpu: Gpu, folder: string): Promise<TaskFiles> {
  const files = {
    even: join(folder, "even.json"),
    real: join(folder, "real.json"),
    weights: join(folder, "weights.safetensors"),
  };
  const even = `step of ${PAIRS} pairs, ${EVEN_LENGTH} tokens a text`;
  await writeTask(files.even, even, [randomBatch()]);
  await writeTask(files.real, `step of ${PAIRS} pairs, real lengths`, await wordnetBatches());
  const model = await standardModel(gpu, false);
  const { weights } = await model.toSavedModel("");
  model.destroy();
  await Deno.writeFile(files.weights, encodeSafetensors(weights));
  return files;
}

async function writeTask(
  path: string,
  what: string,
  batches: readonly StepBatch[],
): Promise<void> {
  const task: StepTask = { what, ...STANDARD, batches };
  await Deno.writeTextFile(path, JSON.stringify(task));
}

function randomBatch(): StepBatch {
  const random = new Random("bench", "rivals");
  const rows = () =>
    Array.from(
      { length: PAIRS },
      () => Array.from({ length: EVEN_LENGTH }, () => random.integer(STANDARD.config.vocab_size)),
    );
  return { anchor: rows(), positive: rows() };
}

/** Lengths are those of BERT's vocabulary; ids are taken modulo the smaller table. */
async function wordnetBatches(): Promise<StepBatch[]> {
  const { train } = await wordnetEntryLinking();
  const tokenizer = Tokenizer.fromVocabulary(await bertVocabulary());
  const { vocab_size: words, max_position_embeddings: length } = STANDARD.config;
  const rows = Array.from({ length: train.length }, (_, i) => i);
  new Random("bench", "wordnet").shuffle(rows);
  return Array.from({ length: REAL_BATCHES }, (_, i) => {
    const chosen = rows.slice(i * PAIRS, (i + 1) * PAIRS);
    const ids = (column: string) =>
      chosen.map((row) =>
        [...tokenizer.encode(train.text(column).at(row)!, length)].map((id) => id % words)
      );
    return { anchor: ids("anchor"), positive: ids("positive") };
  });
}

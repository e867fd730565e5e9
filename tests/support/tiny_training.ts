/**
 * A training run small enough for a test: the tiny BERT, a dozen pairs, a trainer.
 *
 * @module
 */
import { Dataset } from "../../src/data/dataset.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import { MultipleNegativesRankingLoss } from "../../src/losses/multiple_negatives_ranking_loss.ts";
import type { LogEntry } from "../../src/io/trainer_state.ts";
import { SentenceTransformer } from "../../src/models/sentence_transformer.ts";
import type { ArgumentValues } from "../../src/train/arguments/argument_values.ts";
import { SentenceTransformerTrainingArguments } from "../../src/train/arguments/sentence_transformer_training_arguments.ts";
import { SentenceTransformerTrainer } from "../../src/train/trainer.ts";
import type { TrainerInputs } from "../../src/train/trainer_inputs.ts";
import { tinyConfig, withTinyBert } from "./model_directory.ts";

const LETTERS = "abcdefghijklmnopqrstuvwxyz";

/** Pairs of different texts. */
export function tinyPairs(rows: number, name = "pairs"): Dataset {
  const texts = (offset: number) =>
    Array.from(
      { length: rows },
      (_, i) =>
        Array.from({ length: 2 + i % 5 }, (_, j) => LETTERS[(i * 7 + j * 3 + offset) % 26]).join(
          " ",
        ),
    );
  return new Dataset({ name, texts: new Map([["anchor", texts(0)], ["positive", texts(5)]]) });
}

/** The tiny BERT, to be trained. */
export async function tinyModel(gpu: Gpu, dropout = 0): Promise<SentenceTransformer> {
  const config = {
    ...await tinyConfig(),
    hidden_dropout_prob: dropout,
    attention_probs_dropout_prob: dropout,
  };
  let model: SentenceTransformer | null = null;
  await withTinyBert({ "config.json": config }, async (directory) => {
    model = await SentenceTransformer.load(gpu, directory, { trainable: true });
  });
  return model!;
}

/** A trainer of it. */
export async function tinyTrainer(
  gpu: Gpu,
  args: Partial<ArgumentValues>,
  inputs: Partial<TrainerInputs> & { dropout?: number } = {},
): Promise<SentenceTransformerTrainer> {
  return new SentenceTransformerTrainer({
    model: await tinyModel(gpu, inputs.dropout),
    trainDataset: tinyPairs(12),
    loss: new MultipleNegativesRankingLoss(),
    ...inputs,
    args: new SentenceTransformerTrainingArguments({
      perDeviceTrainBatchSize: 4,
      learningRate: 1e-3,
      saveStrategy: "no",
      ...args,
    }),
  });
}

/** All parameters of a model, as bits by name. */
export async function bitsOf(model: SentenceTransformer): Promise<Record<string, Uint32Array>> {
  const weights = await model.store.download();
  return Object.fromEntries(
    [...weights].map(([name, { data }]) => [name, new Uint32Array(data.buffer)]),
  );
}

/** What a log tells of a run, without clocks. */
export function withoutTimes(log: readonly LogEntry[]): LogEntry[] {
  return log.map((entry) =>
    Object.fromEntries(
      Object.entries(entry).filter(([key]) => !/_runtime$|_per_second$/.test(key)),
    )
  );
}

/** Frees a trainer and its model. */
export async function destroyTrainer(trainer: SentenceTransformerTrainer): Promise<void> {
  await trainer.destroy();
  trainer.model.destroy();
}

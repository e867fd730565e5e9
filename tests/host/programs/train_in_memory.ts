/**
 * Trains, resumes and loads a model with files in memory; prints what came of it as JSON.
 *
 * @module
 */
import { datasetFromRows } from "../../../src/data/dataset.ts";
import { readDataset } from "../../../src/data/read_dataset.ts";
import { Tokenizer } from "../../../src/data/tokenizer.ts";
import { Gpu } from "../../../src/gpu/device.ts";
import { useHost } from "../../../src/host/host.ts";
import { memoryHost } from "../../../src/host/memory_host.ts";
import { MultipleNegativesRankingLoss } from "../../../src/losses/multiple_negatives_ranking_loss.ts";
import { SentenceTransformer } from "../../../src/models/sentence_transformer.ts";
import { SentenceTransformerTrainingArguments } from "../../../src/train/arguments/sentence_transformer_training_arguments.ts";
import { SentenceTransformerTrainer } from "../../../src/train/trainer.ts";

const ROWS = Array.from({ length: 8 }, (_, i) => ({ anchor: `a${i} b`, positive: `b a${i}` }));
const memory = memoryHost({
  "/pairs.jsonl": ROWS.map((row) => `${JSON.stringify(row)}\n`).join(""),
});
useHost(memory);

const letters = [..."ab0123456789"];
const words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
const vocabulary = [...words, ...letters, ...letters.map((letter) => `##${letter}`)];
const gpu = await Gpu.request();

async function train(outputDir: string, maxSteps: number, resume: boolean) {
  const model = await SentenceTransformer.create(gpu, {
    tokenizer: Tokenizer.fromVocabulary(vocabulary),
    seed: 1,
    trainable: true,
    config: {
      architectures: ["BertModel"],
      model_type: "bert",
      vocab_size: vocabulary.length,
      hidden_size: 16,
      num_hidden_layers: 1,
      num_attention_heads: 2,
      intermediate_size: 32,
      hidden_act: "gelu",
      hidden_dropout_prob: 0.1,
      attention_probs_dropout_prob: 0,
      max_position_embeddings: 16,
      type_vocab_size: 2,
      initializer_range: 0.05,
      layer_norm_eps: 1e-12,
      pad_token_id: 0,
      position_embedding_type: "absolute",
    },
  });
  const trainer = new SentenceTransformerTrainer({
    model,
    args: new SentenceTransformerTrainingArguments({
      outputDir,
      maxSteps,
      perDeviceTrainBatchSize: 4,
      lrSchedulerType: "constant",
      saveSteps: 2,
      loggingSteps: 1,
    }),
    trainDataset: await readDataset("/pairs.jsonl"),
    evalDataset: datasetFromRows(ROWS, { name: "again" }),
    loss: new MultipleNegativesRankingLoss(),
  });
  await trainer.train(resume);
  await trainer.saveModel(`${outputDir}/final`);
  const { data } = await model.encode(["a1 b", "b"]);
  await trainer.destroy();
  model.destroy();
  return [...data];
}

const whole = await train("/whole", 4, false);
await train("/parts", 2, false);
const resumed = await train("/parts", 4, true);
const loaded = await SentenceTransformer.load(gpu, "/parts/final");
const { data } = await loaded.encode(["a1 b", "b"]);
gpu.destroy();
console.log(JSON.stringify({
  whole,
  resumed,
  loaded: [...data],
  files: [...memory.files.contents("/parts").keys()].sort(),
}));

/**
 * A run with all files in memory, for a page and for a process that may touch no file.
 *
 * @module
 */
import { readDataset } from "../../src/data/read_dataset.ts";
import { Tokenizer } from "../../src/data/tokenizer.ts";
import { Gpu } from "../../src/gpu/device.ts";
import { useHost } from "../../src/host/host.ts";
import { memoryHost } from "../../src/host/memory_host.ts";
import { MultipleNegativesRankingLoss } from "../../src/losses/multiple_negatives_ranking_loss.ts";
import { SentenceTransformer } from "../../src/models/sentence_transformer.ts";
import { SentenceTransformerTrainingArguments } from "../../src/train/arguments/sentence_transformer_training_arguments.ts";
import { SentenceTransformerTrainer } from "../../src/train/trainer.ts";

const LETTERS = [..."abcdefghijklmnop"];
const ROWS = "anchor,positive\n" +
  LETTERS.slice(8).map((letter, i) => `${letter} ${LETTERS[i]},${LETTERS[i]} b\n`).join("");
const TEXTS = ["a b c", "b"];
const CONFIG = {
  architectures: ["BertModel"],
  model_type: "bert",
  vocab_size: 5 + LETTERS.length,
  hidden_size: 16,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  intermediate_size: 32,
  hidden_act: "gelu",
  hidden_dropout_prob: 0.1,
  attention_probs_dropout_prob: 0.1,
  max_position_embeddings: 16,
  type_vocab_size: 2,
  initializer_range: 0.05,
  layer_norm_eps: 1e-12,
  pad_token_id: 0,
  position_embedding_type: "absolute",
};

/** What came of it; embeddings are of two texts, 16 columns each. */
export interface MemoryRun {
  /** Embeddings of the model that was trained in one go. */
  readonly whole: readonly number[];
  /** Those of the one that stopped half-way and went on from its newest checkpoint. */
  readonly resumed: readonly number[];
  /** Those of the saved model, loaded again. */
  readonly loaded: readonly number[];
  /** Whether the weights of the first two are the same bits. */
  readonly isSameWhenResumed: boolean;
  /** What the output directory of the second holds, by path. */
  readonly files: readonly string[];
}

async function train(
  gpu: Gpu,
  outputDir: string,
  { maxSteps, resume = false }: { maxSteps: number; resume?: boolean },
): Promise<SentenceTransformer> {
  const model = await SentenceTransformer.create(gpu, {
    tokenizer: Tokenizer.fromVocabulary([
      ...["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"],
      ...LETTERS,
    ]),
    maxSequenceLength: 16,
    seed: 1,
    trainable: true,
    config: CONFIG,
  });
  const trainer = new SentenceTransformerTrainer({
    model,
    args: new SentenceTransformerTrainingArguments({
      outputDir,
      maxSteps,
      saveStrategy: "steps",
      saveSteps: 2,
      loggingSteps: 1,
      lrSchedulerType: "constant",
      perDeviceTrainBatchSize: 4,
      learningRate: 1e-3,
    }),
    trainDataset: await readDataset("/rows.csv.gz", { streaming: true }),
    evalDataset: await readDataset("/rows.csv.gz"),
    loss: new MultipleNegativesRankingLoss(),
  });
  await trainer.train(resume);
  await trainer.saveModel(`${outputDir}/final`);
  await trainer.destroy();
  return model;
}

async function bitsOf(model: SentenceTransformer): Promise<string> {
  const weights = await model.store.download();
  return [...weights].map(([name, { data }]) => `${name} ${data}`).join();
}

async function embeddings(model: SentenceTransformer): Promise<number[]> {
  return [...(await model.encode(TEXTS)).data];
}

/** Trains from rows in memory, stops and resumes, saves and loads. */
export async function memoryRun(): Promise<MemoryRun> {
  const packed = new Blob([ROWS]).stream().pipeThrough(new CompressionStream("gzip"));
  const rows = new Uint8Array(await new Response(packed).arrayBuffer());
  const host = memoryHost({ "/rows.csv.gz": rows });
  useHost(host);
  const gpu = await Gpu.request();
  const whole = await train(gpu, "/whole", { maxSteps: 4 });
  (await train(gpu, "/parts", { maxSteps: 2 })).destroy();
  const resumed = await train(gpu, "/parts", { maxSteps: 4, resume: true });
  const loaded = await SentenceTransformer.load(gpu, "/parts/final");
  const found = {
    whole: await embeddings(whole),
    resumed: await embeddings(resumed),
    loaded: await embeddings(loaded),
    isSameWhenResumed: await bitsOf(whole) === await bitsOf(resumed),
    files: [...host.files.contents("/parts").keys()].sort(),
  };
  gpu.destroy();
  return found;
}

/**
 * For a page: a run from rows in memory, which is begun, resumed, saved and loaded. What came of it is
 * the text of `#status`.
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

async function train(gpu: Gpu, outputDir: string, from?: string): Promise<SentenceTransformer> {
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
      maxSteps: 4,
      saveStrategy: "steps",
      saveSteps: 2,
      perDeviceTrainBatchSize: 4,
      learningRate: 1e-3,
    }),
    trainDataset: await readDataset("/rows.csv.gz", { streaming: true }),
    loss: new MultipleNegativesRankingLoss(),
  });
  await trainer.train(from);
  await trainer.saveModel(`${outputDir}/final`);
  await trainer.destroy();
  return model;
}

async function bitsOf(model: SentenceTransformer): Promise<string> {
  const weights = await model.store.download();
  return [...weights].map(([name, { data }]) => `${name} ${data}`).join();
}

async function run(): Promise<Record<string, unknown>> {
  const packed = new Blob([ROWS]).stream().pipeThrough(new CompressionStream("gzip"));
  const rows = new Uint8Array(await new Response(packed).arrayBuffer());
  const host = memoryHost({ "/rows.csv.gz": rows });
  useHost(host);
  const gpu = await Gpu.request();
  const [whole, resumed] = [
    await train(gpu, "/whole"),
    await train(gpu, "/resumed", "/whole/checkpoint-2"),
  ];
  const loaded = await SentenceTransformer.load(gpu, "/resumed/final");
  const [one, other] = [await whole.encode(["a b c"]), await loaded.encode(["a b c"])];
  return {
    hasDeno: "Deno" in globalThis,
    isSameWhenResumed: await bitsOf(whole) === await bitsOf(resumed),
    isSameWhenLoaded: String(one.data) === String(other.data),
    checkpoint: [...host.files.contents("/whole/checkpoint-4").keys()].sort(),
  };
}

const page = globalThis as unknown as {
  document: { getElementById(id: string): { textContent: string; dataset: { state?: string } } };
};
const status = page.document.getElementById("status");
status.textContent = JSON.stringify(await run().catch(({ stack }) => stack));
status.dataset.state = "done";

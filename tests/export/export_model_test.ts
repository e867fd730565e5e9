import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { UsageError } from "../../src/errors.ts";
import { exportModel, ONNX_PRECISIONS } from "../../src/export/export_model.ts";
import type { OnnxPrecision } from "../../src/export/graph_builder.ts";
import { readModelDirectory } from "../../src/io/read_model_directory.ts";
import { SentenceTransformer } from "../../src/models/sentence_transformer.ts";
import { normalValues } from "../reference/random_values.ts";
import { GOLDEN_KINDS, withGoldenModel } from "../support/golden_directory.ts";
import { testGpu } from "../support/gpu.ts";
import { TINY_BERT } from "../support/model_directory.ts";
import { foreign } from "../support/foreign.ts";
import { paddedFeeds, runOnnx } from "../support/onnx.ts";
import { withFolder } from "../support/with_folder.ts";

const { AutoModel, AutoTokenizer, env, pipeline } = await foreign("@huggingface/transformers");
const ort = await foreign("onnxruntime-web");
ort.env.wasm.numThreads = 1;
env.allowRemoteModels = false;
env.useBrowserCache = false;

const TEXTS = ["the cat was there", "", "who has not been there, into all the world and", "a cat"];

/** What is asked of an export in 32 bits: the largest difference of a number. */
const NEAR = 1e-4;

const DTYPES = { f32: "fp32", f16: "fp16", int8: "q8" } as const;

/** Chains of linear layers and of other operators between a token and its vector, by architecture. */
const LAYERS: Readonly<Record<string, number>> = {
  bert: 2,
  roberta: 2,
  distilbert: 2,
  mpnet: 2,
  modernbert: 3,
};

/**
 * The largest 1 - cos that roundings make. A vector that is off by a fraction e of its length is turned by
 * e at most, so that 1 - cos <= e^2 / 2.
 *
 * f16: about 16 roundings a layer of half a unit in the last place, 2^-11, in one chain, all of one sign.
 *
 * int8: of the 4 linear layers of each encoder layer weights and arguments are rounded. The error of a
 * rounding is spread evenly over a unit, of deviation 1 / sqrt(12). A unit is 1 / 127 of the largest weight
 * of a row and 1 / 255 of the range of the arguments, which are up to 4 and 10 deviations: fractions of
 * 4 / 127 / sqrt(12) = 0.009 and 10 / 255 / sqrt(12) = 0.011 of a result, together 0.015. Those of the
 * layers are independent, and add as squares do; 3 deviations are allowed.
 */
function largestTurn(precision: OnnxPrecision, layers: number): number {
  const off = precision === "f16" ? 16 * layers * 2 ** -11 : 3 * 0.015 * Math.sqrt(4 * layers);
  return off ** 2 / 2;
}

/** Compares with the model's own embeddings. */
function check(
  actual: ArrayLike<number>,
  expected: Float32Array,
  { columns, precision, name }: { columns: number; precision: OnnxPrecision; name: string },
): void {
  assertEquals(actual.length, expected.length);
  let different = 0;
  for (let row = 0; row < expected.length; row += columns) {
    let [product, a, b] = [0, 0, 0];
    for (let i = row; i < row + columns; i++) {
      product += actual[i] * expected[i];
      a += actual[i] ** 2;
      b += expected[i] ** 2;
      const error = Math.abs(actual[i] - expected[i]);
      if (precision === "f32") assert(error < NEAR, `${name}: off by ${error}`);
      different = Math.max(different, error);
    }
    const turn = 1 - product / Math.sqrt(a * b);
    const most = precision === "f32" ? NEAR ** 2 : largestTurn(precision, LAYERS[name]);
    assert(turn <= most, `${name} in ${precision}: 1 - cos is ${turn}, wanted at most ${most}`);
  }
  assert(precision === "f32" || different > 1e-5, `${name}: ${precision} rounds nothing`);
}

async function runOnWeb(bytes: Uint8Array, sequences: number[][]): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(bytes, {
    executionProviders: ["wasm"],
    logSeverityLevel: 3,
  });
  const feeds = Object.entries(paddedFeeds(sequences))
    .filter(([name]) => session.inputNames.includes(name))
    .map(([name, { data, dims }]) => [
      name,
      new ort.Tensor("int64", data as BigInt64Array, dims),
    ]);
  const { sentence_embedding } = await session.run(Object.fromEntries(feeds));
  await session.release();
  return sentence_embedding.data as Float32Array;
}

Deno.test("exportModel() makes what onnxruntime-web and transformers.js load, with our embeddings", async () => {
  const gpu = await testGpu();
  let checks = 0;
  for (const kind of GOLDEN_KINDS) {
    await withGoldenModel(kind, {}, async (directory) => {
      const model = await SentenceTransformer.load(gpu, directory);
      const { data, columns } = await model.encode(TEXTS);
      const sequences = TEXTS.map((text) => [...model.tokenize(text)]);
      const output = join(directory, "exported");
      const { files, pools } = await exportModel(model, output, { precisions: ONNX_PRECISIONS });
      assert(pools);
      model.destroy();
      env.localModelPath = directory;
      const local = { local_files_only: true, device: "cpu" } as const;
      const tokenizer = await AutoTokenizer.from_pretrained("exported", local);
      const inputs = tokenizer(TEXTS, { padding: true, truncation: true });
      for (const [i, precision] of ONNX_PRECISIONS.entries()) {
        const file = [...files.keys()][i];
        const options = { columns, precision, name: kind };
        const bytes = await Deno.readFile(join(output, file));
        assertEquals(files.get(file), bytes.length);
        check(await runOnWeb(bytes, sequences), data, options);

        const dtype = DTYPES[precision];
        const loaded = await AutoModel.from_pretrained("exported", { ...local, dtype });
        const { sentence_embedding, last_hidden_state } = await loaded(inputs);
        assertEquals(last_hidden_state.dims, inputs.input_ids.dims.concat(columns));
        check(sentence_embedding.data, data, options);
        await loaded.dispose();
        checks++;
      }
    });
  }
  assertEquals(checks, 15);
});

Deno.test("exportModel() makes what the pipeline of transformers.js pools itself", async () => {
  await withFolder({}, async (folder) => {
    const model = await SentenceTransformer.load(await testGpu(), TINY_BERT);
    await exportModel(model, join(folder, "exported"));
    env.localModelPath = folder;
    const extract = await pipeline("feature-extraction", "exported", {
      local_files_only: true,
      dtype: "fp32",
      device: "cpu",
    });
    const { data, dims } = await extract(TEXTS, { pooling: "mean", normalize: true });
    const own = await model.encode(TEXTS, { normalizeEmbeddings: true });
    assertEquals(dims, [own.rows, own.columns]);
    check(data as Float32Array, own.data, { columns: 32, precision: "f32", name: "bert" });
    await extract.dispose();
    model.destroy();
  });
});

Deno.test("exportModel() replaces a directory by the files that sentence-transformers reads", async () => {
  await withFolder({ "exported/old.txt": "old" }, async (folder) => {
    const model = await SentenceTransformer.load(await testGpu(), TINY_BERT);
    const output = join(folder, "exported");
    assertEquals([...(await exportModel(model, output)).files.keys()], ["onnx/model.onnx"]);
    model.destroy();
    assertEquals([...Deno.readDirSync(output)].map(({ name }) => name).sort(), [
      "1_Pooling",
      "README.md",
      "config.json",
      "config_sentence_transformers.json",
      "modules.json",
      "onnx",
      "sentence_bert_config.json",
      "special_tokens_map.json",
      "tokenizer.json",
      "tokenizer_config.json",
      "vocab.txt",
    ]);
    const error = await assertRejects(() => readModelDirectory(output));
    assertStringIncludes((error as Error).message, "model.safetensors");
  });
});

Deno.test("exportModel() has an adapter's updates in the weights, and the case of the model's texts", async () => {
  const config = { max_seq_length: 24, do_lower_case: true };
  const files = { "sentence_bert_config.json": JSON.stringify(config) };
  await withGoldenModel("bert", { files }, async (directory) => {
    const adapter = { r: 2 };
    const model = await SentenceTransformer.load(await testGpu(), directory, { adapter });
    const plain = await model.encode(["a cat"]);
    let seed = 0;
    model.adapter!.store.upload(({ shape: [rows, columns] }) =>
      Float32Array.from(normalValues(rows * columns, ++seed), (value) => 0.1 * value)
    );
    const { data } = await model.encode(["a cat"]);
    assert(Math.abs(data[0] - plain.data[0]) > 1e-3);
    const output = join(directory, "exported");
    await exportModel(model, output);
    const bytes = await Deno.readFile(join(output, "onnx/model.onnx"));
    const { sentence_embedding } = await runOnnx(
      bytes,
      paddedFeeds([[...model.tokenize("A CAT")]]),
    );
    check(sentence_embedding.data, data, { columns: 32, precision: "f32", name: "bert" });
    env.localModelPath = directory;
    const tokenizer = await AutoTokenizer.from_pretrained("exported", { local_files_only: true });
    const { input_ids } = tokenizer("A CAT");
    assertEquals([...input_ids.data].map(Number), [...model.tokenize("a cat")]);
    model.destroy();
  });
});

Deno.test("exportModel() refuses a model without an encoder, and leaves the directory alone", async () => {
  await withFolder({ "exported/kept.txt": "kept" }, async (folder) => {
    const gpu = await testGpu();
    const { tokenizer } = await SentenceTransformer.load(gpu, TINY_BERT);
    const config = {
      model_type: "static-embedding",
      vocab_size: tokenizer.vocabularySize,
      hidden_size: 8,
    };
    const model = SentenceTransformer.create(gpu, { config, tokenizer });
    await assertRejects(
      () => exportModel(model, join(folder, "exported")),
      UsageError,
      "Cannot export a model that begins with a StaticEmbedding to ONNX: wanted a Transformer",
    );
    assertEquals(await Deno.readTextFile(join(folder, "exported/kept.txt")), "kept");
    model.destroy();
  });
});

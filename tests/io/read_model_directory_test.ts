import { assertEquals, assertRejects } from "@std/assert";
import { dirname, fromFileUrl, join } from "@std/path";
import { InputError } from "../../src/errors.ts";
import { readModelDirectory } from "../../src/io/read_model_directory.ts";
import { encodeSafetensors } from "../../src/io/safetensors.ts";

type Files = Record<string, unknown>;

const WEIGHTS = encodeSafetensors(
  new Map([["w", { shape: [2], data: Float32Array.of(1, 2) }]]),
  { format: "pt" },
);

/** A plain encoder: the least that a model directory holds. */
const ENCODER: Files = {
  "config.json": { model_type: "bert", hidden_size: 2 },
  "model.safetensors": WEIGHTS,
  "vocab.txt": "[PAD]\n[UNK]\n",
};

const TYPE = "sentence_transformers.models.";

/** What sentence-transformers adds to it. */
const SENTENCE: Files = {
  "modules.json": [
    { idx: 0, name: "0", path: "", type: `${TYPE}Transformer` },
    { idx: 1, name: "1", path: "1_Pooling", type: `${TYPE}Pooling` },
    { idx: 2, name: "2", path: "2_Normalize", type: `${TYPE}Normalize` },
  ],
  "1_Pooling/config.json": { word_embedding_dimension: 2, pooling_mode_cls_token: true },
  "sentence_bert_config.json": { max_seq_length: 128, do_lower_case: true },
  "config_sentence_transformers.json": {
    prompts: { query: "q: " },
    default_prompt_name: "query",
    similarity_fn_name: "dot",
  },
};

/** Makes a directory of these files: objects as JSON, undefined left out. */
async function withFiles(
  files: Files,
  test: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    for (const [name, content] of Object.entries(files)) {
      if (content === undefined) continue;
      const path = join(directory, name);
      await Deno.mkdir(dirname(path), { recursive: true });
      if (content instanceof Uint8Array) await Deno.writeFile(path, content);
      else {
        const text = typeof content === "string" ? content : JSON.stringify(content);
        await Deno.writeTextFile(path, text);
      }
    }
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("readModelDirectory() reads a plain encoder with the mean and no normalization", async () => {
  await withFiles(ENCODER, async (directory) => {
    const { weights, ...model } = await readModelDirectory(directory);
    assertEquals(model, {
      config: { model_type: "bert", hidden_size: 2 },
      tokenizer: { json: null, vocabulary: ["[PAD]", "[UNK]"], config: {}, specialTokensMap: {} },
      modules: [{ type: "Pooling", modes: ["mean"], includePrompt: true }],
      maxSequenceLength: null,
      doLowerCase: false,
      prompts: {},
      defaultPromptName: null,
      similarity: "cosine",
      truncateDim: null,
    });
    assertEquals(weights.size, 1);
    assertEquals(weights.get("")!.readFloat32("w"), Float32Array.of(1, 2));
  });
});

Deno.test("readModelDirectory() reads a model of sentence-transformers", async () => {
  const tokenizer = {
    "tokenizer.json": { model: { type: "WordPiece" } },
    "tokenizer_config.json": { do_lower_case: true, model_max_length: 512 },
    "special_tokens_map.json": { pad_token: "[PAD]" },
  };
  await withFiles({ ...ENCODER, ...SENTENCE, ...tokenizer }, async (directory) => {
    const { weights, config, ...model } = await readModelDirectory(directory);
    assertEquals(model, {
      tokenizer: {
        json: { model: { type: "WordPiece" } },
        vocabulary: ["[PAD]", "[UNK]"],
        config: { do_lower_case: true, model_max_length: 512 },
        specialTokensMap: { pad_token: "[PAD]" },
      },
      modules: [{ type: "Pooling", modes: ["cls"], includePrompt: true }, { type: "Normalize" }],
      maxSequenceLength: 128,
      doLowerCase: true,
      prompts: { query: "q: " },
      defaultPromptName: "query",
      similarity: "dot",
      truncateDim: null,
    });
    assertEquals([weights.get("")!.entries.size, config.hidden_size], [1, 2]);
  });
});

Deno.test("readModelDirectory() finds the encoder in a directory of its own", async () => {
  const moved = Object.fromEntries(
    Object.entries({ ...ENCODER, "sentence_roberta_config.json": { max_seq_length: 75 } })
      .map(([name, content]) => [`0_Transformer/${name}`, content]),
  );
  const modules = [
    { path: "0_Transformer", type: `${TYPE}Transformer` },
    { path: "1_Pooling", type: `${TYPE}Pooling` },
  ];
  const pooling = { "1_Pooling/config.json": { pooling_mode: ["mean", "max"] } };
  await withFiles({ ...moved, ...pooling, "modules.json": modules }, async (directory) => {
    const model = await readModelDirectory(directory);
    assertEquals(model.modules, [
      { type: "Pooling", modes: ["mean", "max"], includePrompt: true },
    ]);
    assertEquals(model.maxSequenceLength, 75);
    assertEquals(model.config.model_type, "bert");
  });
});

Deno.test("readModelDirectory() takes the lesser limit of tokenizer and positions", async () => {
  const cases: [tokenizer: unknown, positions: unknown, expected: number | null][] = [
    [512, 514, 512],
    [512, 128, 128],
    [1e30, 512, 512],
    [undefined, 512, 512],
    [256, undefined, 256],
    [1e30, -1, null],
  ];
  for (const [length, positions, expected] of cases) {
    const files = {
      ...ENCODER,
      "config.json": { max_position_embeddings: positions },
      "tokenizer_config.json": { model_max_length: length },
    };
    await withFiles(files, async (directory) => {
      assertEquals((await readModelDirectory(directory)).maxSequenceLength, expected);
    });
  }
});

Deno.test("readModelDirectory() keeps odd tokens of vocab.txt", async () => {
  const files = { ...ENCODER, "vocab.txt": "a\r\n\u2028\n \n\u0085b" };
  await withFiles(files, async (directory) => {
    const { tokenizer } = await readModelDirectory(directory);
    assertEquals(tokenizer.vocabulary, ["a", "\u2028", " ", "\u0085b"]);
  });
});

Deno.test("readModelDirectory() names what is missing, and what a model holds", async () => {
  const all = { ...ENCODER, ...SENTENCE };
  const cases: [lacking: string, found: string][] = [
    ["config.json", "config.json is missing"],
    ["model.safetensors", "model.safetensors is missing"],
    ["vocab.txt", "neither tokenizer.json nor vocab.txt is there"],
    ["1_Pooling/config.json", `${join("1_Pooling", "config.json")} is missing`],
  ];
  for (const [lacking, found] of cases) {
    await withFiles({ ...all, [lacking]: undefined }, async (directory) => {
      const path = `${directory}/.`;
      await assertRejects(
        () => readModelDirectory(path),
        InputError,
        `Cannot read model directory ${path}: ${found}; a model directory holds config.json, ` +
          "model.safetensors and tokenizer.json or vocab.txt",
      );
    });
  }
});

Deno.test("readModelDirectory() says what to do with weights of another form", async () => {
  const cases: [name: string, advice: string][] = [
    ["pytorch_model.bin", "found pytorch_model.bin, wanted model.safetensors; convert it with "],
    ["model.safetensors.index.json", "its weights are split over several files; save them again"],
  ];
  for (const [name, advice] of cases) {
    const files = { ...ENCODER, "model.safetensors": undefined, [name]: "{}" };
    await withFiles(files, async (directory) => {
      await assertRejects(() => readModelDirectory(directory), InputError, advice);
    });
  }
});

Deno.test("readModelDirectory() names the file that is damaged or not supported", async () => {
  const modules = SENTENCE["modules.json"] as unknown[];
  const dense = [...modules.slice(0, 2), { path: "2_CNN", type: `${TYPE}CNN` }];
  const outside = [{ path: "../other", type: `${TYPE}Transformer` }, ...modules.slice(1)];
  const cases: [name: string, content: unknown, message: string][] = [
    ["config.json", "{", "it is not JSON"],
    ["config.json", [], "found a list, wanted a JSON object"],
    ["tokenizer.json", "{", "it is not JSON"],
    ["model.safetensors", WEIGHTS.subarray(0, WEIGHTS.length - 1), "the header promises "],
    ["modules.json", dense, `module 2 is a ${TYPE}CNN, which is not supported`],
    ["modules.json", outside, 'the path "../other" of module 0 leaves the model directory'],
    ["1_Pooling/config.json", { pooling_mode: "sum" }, 'pooling mode "sum" is unknown'],
    ["2_Normalize/config.json", { module_input_name: "token_embeddings" }, "token_embeddings"],
    ["sentence_bert_config.json", { max_seq_length: "x" }, "at max_seq_length"],
    ["config_sentence_transformers.json", { prompts: [] }, "at prompts"],
  ];
  assertEquals(cases.length, 10);
  for (const [name, content, message] of cases) {
    await withFiles({ ...ENCODER, ...SENTENCE, [name]: content }, async (directory) => {
      const error = await assertRejects(() => readModelDirectory(directory), InputError, message);
      assertEquals(error.message.split(": ")[0], `Cannot read ${join(directory, name)}`);
    });
  }
});

Deno.test("readModelDirectory() refuses a path that is no directory", async () => {
  await withFiles({ file: "" }, async (directory) => {
    for (const name of ["none", "file"]) {
      const path = join(directory, name);
      await assertRejects(
        () => readModelDirectory(path),
        InputError,
        `Cannot read model directory ${path}: there is no directory of this name`,
      );
    }
  });
});

Deno.test("readModelDirectory() reads weights that PyTorch made", async () => {
  const path = fromFileUrl(new URL("../golden/bert_tiny", import.meta.url));
  const { weights, tokenizer } = await readModelDirectory(path);
  const embeddings = "embeddings.word_embeddings.weight";
  assertEquals(tokenizer.vocabulary?.length, 120);
  const file = weights.get("")!;
  assertEquals(file.entry(embeddings).shape, [120, 32]);
  const values = file.readFloat32(embeddings);
  assertEquals(values.length, 120 * 32);
  assertEquals(values.every((value) => Math.abs(value) < 10), true);
});

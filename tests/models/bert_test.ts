import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { collate } from "../../src/data/collator.ts";
import { InputError } from "../../src/errors.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import { ParameterStore } from "../../src/gpu/parameter_slab.ts";
import { Bert } from "../../src/models/bert.ts";
import { uploadPackedInput } from "../../src/nn/packed_input.ts";
import { Tape, type TapeOptions } from "../../src/ops/tape.ts";
import { readGolden } from "../golden/golden.ts";
import { relativeError } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { tinyConfig, tinyWeights } from "../support/model_directory.ts";

/** Runs a BERT over the golden batch. */
async function hidden(
  gpu: Gpu,
  bert: Bert,
  options: TapeOptions = {},
): Promise<Float32Array> {
  const { sequences } = await readGolden();
  const ids = sequences.map((sequence) => Uint32Array.from(sequence));
  const tape = new Tape(gpu, options);
  const input = uploadPackedInput(tape, collate([{ name: "text", sequences: ids }]));
  const values = await gpu.read(bert.forward(tape, input));
  tape.end();
  return values;
}

Deno.test("Bert gives the token vectors that PyTorch gives", async () => {
  const { recording, weights } = await readGolden();
  const gpus = await testGpus();
  assertEquals(gpus.length, 2);
  for (const gpu of gpus) {
    const store = new ParameterStore(gpu);
    const bert = new Bert(store, await tinyConfig(), 42);
    store.allocate(({ name }) => Float32Array.from(weights.get(name)!), false);
    const error = relativeError(await hidden(gpu, bert), recording.get("hidden")!);
    assert(error < 1e-6, `off by ${error}`);
    store.destroy();
  }
});

Deno.test("Bert declares the parameters of transformers, in decayed and undecayed ones", async () => {
  const store = new ParameterStore(await testGpu());
  new Bert(store, await tinyConfig(), 42);
  const parts = store.parameters.flatMap(({ init }) =>
    init.parts.map(({ name, shape }) => ({ name, shape, decay: init.decay }))
  );
  const weights = await tinyWeights();
  assertEquals(parts.length, 37);
  assertEquals(parts.map(({ name }) => name).sort(), [...weights.keys()].sort());
  for (const { name, shape, decay } of parts) {
    assertEquals(shape, weights.get(name)!.shape, name);
    assertEquals(decay, !/\.bias$|LayerNorm/.test(name), name);
  }
  assertEquals(store.parameters.length, 37 - 2 * 4); // query, key and value are one
});

Deno.test("Bert drops elements in training, a function of seed and step", async () => {
  const gpu = await testGpu();
  for (const kind of ["hidden_dropout_prob", "attention_probs_dropout_prob"]) {
    const store = new ParameterStore(gpu);
    const bert = new Bert(store, { ...await tinyConfig(), [kind]: 0.1 }, 42);
    store.allocate(() => null, true);
    const evaluated = await hidden(gpu, bert);
    const train = (seed: number, step: number) =>
      hidden(gpu, bert, { recording: true, seed, step });
    const trained = await train(1, 1);
    assertNotEquals(trained, evaluated, kind);
    assertEquals(await train(1, 1), trained, kind);
    assertNotEquals(await train(2, 1), trained, kind);
    assertNotEquals(await train(1, 2), trained, kind);
    assertEquals(await hidden(gpu, bert, { recording: true, training: false }), evaluated, kind);
    store.destroy();
  }
});

Deno.test("Bert takes the defaults of transformers.BertConfig", async () => {
  const store = new ParameterStore(await testGpu());
  const bert = new Bert(store, { model_type: "bert" }, 42);
  assertEquals([bert.width, bert.maxPositions, bert.vocabularySize], [768, 512, 30522]);
  assertEquals(store.size, 108_891_648); // bert-base without its pooler
});

Deno.test("Bert refuses a configuration that it cannot compute", async () => {
  const config = await tinyConfig();
  const store = new ParameterStore(await testGpu());
  const cases: [Record<string, unknown>, string][] = [
    [{ hidden_act: "tanh" }, "at hidden_act: "],
    [{ position_embedding_type: "relative_key" }, "at position_embedding_type: "],
    [{ num_hidden_layers: 0 }, "at num_hidden_layers: "],
    [{ num_hidden_layers: 1e9 }, "at num_hidden_layers: too big: expected number to be <=1024"],
    [{ vocab_size: 2 ** 31 }, "at vocab_size: too big"],
    [{ vocab_size: "many" }, "at vocab_size: "],
    [{ layer_norm_eps: 0 }, "at layer_norm_eps: "],
    [{ hidden_dropout_prob: 1 }, "at hidden_dropout_prob: "],
    [{ num_attention_heads: 3 }, "at num_attention_heads: does not divide hidden_size"],
    [{ num_attention_heads: 16 }, "at num_attention_heads: hidden_size over it is the width"],
    [{ hidden_size: 320 }, "at num_attention_heads: hidden_size over it is the width of a head"],
    [{ intermediate_size: 62 }, "at intermediate_size: wanted a multiple of 4"],
  ];
  for (const [change, reason] of cases) {
    assertThrows(
      () => new Bert(store, { ...config, ...change }, 42, "dir/config.json"),
      InputError,
      `Cannot read dir/config.json: ${reason}`,
    );
  }
  assertEquals(store.parameters.length, 0);
});

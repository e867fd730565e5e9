import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { collate } from "../../src/data/collator.ts";
import { type ParameterInit, ParameterStore } from "../../src/gpu/parameter_slab.ts";
import { Embeddings, type EmbeddingsInit } from "../../src/nn/embeddings.ts";
import { constant, normal } from "../../src/nn/initialize.ts";
import { uploadPackedInput } from "../../src/nn/packed_input.ts";
import { Tape, type TapeOptions } from "../../src/ops/tape.ts";
import { embedding, embeddingBackward } from "../reference/embedding.ts";
import { layerNorm, layerNormBackward } from "../reference/layer_norm.ts";
import { neftuneNoise } from "../reference/neftune_noise.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { givenParameters } from "../support/given_parameters.ts";
import { testGpu } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

const C = 16;
const INIT: EmbeddingsInit = {
  prefix: "embeddings.",
  width: C,
  words: 20,
  positions: 6,
  types: 2,
  epsilon: 1e-6,
  dropout: 0,
  initialize: normal(0.5, 1),
  initializeWords: normal(0.5, 1, 0),
};
const SEQUENCES = [[2, 9, 9, 3], [2], [2, 19, 3], [2, 0, 3]];
const BATCH = collate([
  { name: "text", sequences: SEQUENCES.map((ids) => Uint32Array.from(ids)) },
]);
const T = BATCH.ids.length;

Deno.test("Embeddings sum a row of each table and normalise, forward and backward", async () => {
  const table = (rows: number, seed: number) => ({
    shape: [rows, C],
    data: normalValues(rows * C, seed),
    parameter: true,
  });
  const vector = (seed: number) => ({ shape: [C], data: normalValues(C, seed), parameter: true });
  const inputs = {
    "embeddings.word_embeddings.weight": table(INIT.words, 1),
    "embeddings.position_embeddings.weight": table(INIT.positions, 2),
    "embeddings.token_type_embeddings.weight": table(INIT.types, 3),
    "embeddings.LayerNorm.weight": vector(4),
    "embeddings.LayerNorm.bias": vector(5),
  };
  const declared: ParameterInit[] = [];
  const dOutput = normalValues(T * C, 6);
  const { y, gradients } = await runOp(await testGpu(), {
    inputs,
    forward: (tape, tensors) => {
      declared.length = 0;
      const embeddings = new Embeddings(givenParameters(tensors, declared), INIT);
      return embeddings.forward(tape, uploadPackedInput(tape, BATCH));
    },
    dOutput,
  });
  const [word, position, type, gain, bias] = Object.values(inputs).map(({ data }) => data);
  const [ids, positions] = [[...BATCH.ids], [...BATCH.positions]];
  const tables = { word, position, type, ids, positions, typeIds: ids.map(() => 0), C };
  const norm = { x: embedding(tables), gain, bias, C, eps: INIT.epsilon };
  const { dX, dGain, dBias } = layerNormBackward(norm, dOutput);
  const { dWord, dPosition, dType } = embeddingBackward(tables, dX);
  const relative = floatTolerance(C + T);
  const tolerance = { absolute: 32 * relative, relative };
  assertClose(y, layerNorm(norm), { op: "Embeddings", shape: [T, C], ...tolerance });
  const expected = [dWord, dPosition, dType, dGain, dBias];
  const names = Object.keys(inputs) as (keyof typeof inputs)[];
  assertEquals(names.length, expected.length);
  names.forEach((name, i) => {
    assertClose(gradients[name], expected[i], { op: name, ...tolerance });
  });
  assertEquals(
    declared.map(({ decay }) => decay),
    [true, true, true, false, false],
  );
});

Deno.test("Embeddings begin with a vector of zeros for padding, among the words only", async () => {
  const gpu = await testGpu();
  const store = new ParameterStore(gpu);
  new Embeddings(store, INIT);
  store.allocate(() => null, false);
  const values = await store.download();
  store.destroy();
  assertEquals(values.size, 5);
  const words = values.get("embeddings.word_embeddings.weight")!.data;
  assertEquals(words.slice(0, C), new Float32Array(C));
  assert(words.slice(C).every((value) => value !== 0));
  const positions = values.get("embeddings.position_embeddings.weight")!.data;
  assert(positions.every((value) => value !== 0));
});

Deno.test("Embeddings drop elements in training, and none in evaluation", async () => {
  const gpu = await testGpu();
  const store = new ParameterStore(gpu);
  const width = 256;
  const ones = constant(1);
  const embeddings = new Embeddings(store, {
    ...INIT,
    width,
    dropout: 0.25,
    initialize: ones,
    initializeWords: normal(1, 1),
  });
  store.allocate(() => null, true);
  const zeros: number[] = [];
  for (const recording of [true, false]) {
    const tape = new Tape(gpu, { recording, seed: 3 });
    const y = await gpu.read(embeddings.forward(tape, uploadPackedInput(tape, BATCH)));
    zeros.push(y.filter((value) => value === 0).length / y.length);
    tape.end();
  }
  store.destroy();
  assertAlmostEquals(zeros[0], 0.25, 0.04);
  assertEquals(zeros[1], 0);
});

Deno.test("Embeddings add noise before the norm in training, and none in evaluation", async () => {
  const gpu = await testGpu();
  const store = new ParameterStore(gpu);
  const embeddings = new Embeddings(store, INIT);
  store.allocate(() => null, true);
  const tables = await store.download();
  const table = (kind: string) =>
    Float64Array.from(tables.get(`embeddings.${kind}_embeddings.weight`)!.data);
  const sum = embedding({
    word: table("word"),
    position: table("position"),
    type: table("token_type"),
    ids: [...BATCH.ids],
    positions: [...BATCH.positions],
    typeIds: new Uint8Array(T),
    C,
  });
  const norm = { gain: new Float64Array(C).fill(1), bias: new Float64Array(C), C };
  const lengths = SEQUENCES.map((ids) => ids.length);
  const key = new Tape(gpu, { seed: 3 }).randomKey();
  for (const [recording, neftuneNoiseAlpha] of [[true, 5], [true, 0], [false, 5]] as const) {
    const tape = new Tape(gpu, { recording, neftuneNoiseAlpha, seed: 3 });
    const y = await gpu.read(embeddings.forward(tape, uploadPackedInput(tape, BATCH)));
    const alpha = recording ? neftuneNoiseAlpha : 0;
    const x = neftuneNoise({ x: sum, C, lengths, alpha, key });
    const relative = floatTolerance(C + T);
    assertClose(y, layerNorm({ ...norm, x, eps: INIT.epsilon }), {
      op: "Embeddings",
      case: `recording ${recording}, alpha ${neftuneNoiseAlpha}`,
      shape: [T, C],
      absolute: 32 * relative,
      relative,
    });
    tape.end();
  }
  const quiet = async (options: TapeOptions) => {
    const tape = new Tape(gpu, options);
    const input = uploadPackedInput(tape, BATCH);
    const y = await gpu.read(embeddings.forward(tape, input, { noise: false }));
    tape.end();
    return y;
  };
  assertEquals(await quiet({ recording: true, neftuneNoiseAlpha: 5, seed: 3 }), await quiet({}));
  store.destroy();
});

Deno.test("Embeddings take other names, a first position, and no tables where there are none", async () => {
  const gpu = await testGpu();
  const names = (init: Partial<EmbeddingsInit>) => {
    const store = new ParameterStore(gpu);
    new Embeddings(store, { ...INIT, ...init });
    return store.parameters.map(({ name }) => name);
  };
  const renamed = { names: { word: "tok_embeddings", norm: "norm" }, normBias: false };
  assertEquals(names({ ...renamed, positions: 0, types: 0 }), [
    "embeddings.tok_embeddings.weight",
    "embeddings.norm.weight",
  ]);
  const store = new ParameterStore(gpu);
  const shifted = { positions: 8, positionOffset: 2, types: 0 };
  const init = { ...INIT, ...shifted, initializePositions: normal(0.5, 1, 1) };
  const embeddings = new Embeddings(store, init);
  store.allocate(() => null, false);
  const values = await store.download();
  const table = (name: string) => Float64Array.from(values.get(`embeddings.${name}.weight`)!.data);
  const [word, position] = [table("word_embeddings"), table("position_embeddings")];
  assertEquals(position.slice(C, 2 * C), new Float64Array(C));
  const tape = new Tape(gpu);
  const y = await gpu.read(embeddings.forward(tape, uploadPackedInput(tape, BATCH)));
  tape.end();
  store.destroy();
  const ids = [...BATCH.ids];
  const positions = [...BATCH.positions].map((place) => place + 2);
  const typeIds = ids.map(() => 0);
  const x = embedding({ word, position, type: new Float64Array(C), ids, positions, typeIds, C });
  const norm = {
    gain: new Float64Array(C).fill(1),
    bias: new Float64Array(C),
    C,
    eps: INIT.epsilon,
  };
  const relative = floatTolerance(C + T);
  assertClose(y, layerNorm({ ...norm, x }), {
    op: "Embeddings",
    absolute: 32 * relative,
    relative,
  });
});

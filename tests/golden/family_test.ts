import { assert, assertEquals } from "@std/assert";
import { collate } from "../../src/data/collator.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import { ParameterStore } from "../../src/gpu/parameter_slab.ts";
import { MultipleNegativesRankingLoss } from "../../src/losses/multiple_negatives_ranking_loss.ts";
import { decodeSafetensors, encodeSafetensors, type NamedArray } from "../../src/io/safetensors.ts";
import { createEncoder } from "../../src/models/names.ts";
import { WeightReader } from "../../src/models/weight_reader.ts";
import { uploadPackedInput } from "../../src/nn/packed_input.ts";
import { pool } from "../../src/ops/pool.ts";
import { Tape } from "../../src/ops/tape.ts";
import { assertClose, relativeError } from "../support/assert_close.ts";
import { testGpus } from "../support/gpu.ts";
import { goldenConfig, readGolden } from "./golden.ts";

const LOSS = new MultipleNegativesRankingLoss({ scale: 20 });

/** Largest ‖a - b‖ / ‖b‖ of a tensor; PyTorch's own float32 comes within a fifth of it. */
const NEAR = 1e-5;

/** The gradient of a key's bias is zero but for rounding: softmax does not see a shift of a row. */
const ZERO_GRADIENT = /(self\.key|k_lin|attn\.k)\.bias$/;

/** How near to zero, as a share of the gradient of the queries' bias: a millionth. */
const ZERO = 1e-6;

/** The bias of the queries that meet the keys of a bias. */
function queryOf(key: string): string {
  return key.replace("self.key", "self.query").replace("k_lin", "q_lin").replace("attn.k", "attn.q");
}

/** Architectures, with how many parameters their files name and how many of those are biases of keys. */
const KINDS: readonly [string, number, number][] = [
  ["roberta", 37, 2],
  ["distilbert", 36, 2],
  ["mpnet", 37, 2],
  ["modernbert", 20, 0],
];

function near(actual: Float32Array, expected: Float64Array, name: string): void {
  const error = relativeError(actual, expected);
  assert(error < NEAR, `${name} is off by ${error.toExponential(2)}, wanted less than ${NEAR}`);
}

/** Token vectors, loss and gradients of a batch. */
async function step(gpu: Gpu, kind: string, checkpointEvery: number) {
  const { weights, sequences } = await readGolden(kind);
  const store = new ParameterStore(gpu);
  const encoder = createEncoder(store, await goldenConfig(kind), 42, "config.json");
  store.allocate(({ name }) => Float32Array.from(weights.get(name)!), true);
  const ids = sequences.map((sequence) => Uint32Array.from(sequence));
  const middle = ids.length / 2;
  const batch = collate([
    { name: "anchor", sequences: ids.slice(0, middle) },
    { name: "positive", sequences: ids.slice(middle) },
  ]);
  const tape = new Tape(gpu, { recording: true, checkpointEvery });
  const input = uploadPackedInput(tape, batch);
  const tokens = encoder.forward(tape, input);
  const hidden = await gpu.read(tokens);
  const { sequenceStarts } = input;
  const embeddings = pool(tape, { hidden: tokens, sequenceStarts, modes: ["mean"] });
  const { columns } = batch;
  const output = LOSS.forward(tape, { embeddings, columns, labels: null });
  const loss = await gpu.read(output);
  tape.backward(output);
  const gradients = await store.download((slab) => slab.gradients);
  tape.end();
  store.destroy();
  return { hidden, loss, gradients };
}

for (const [kind, parameters, keyBiases] of KINDS) {
  Deno.test(`the tiny ${kind} has the token vectors, loss and gradients that PyTorch has`, async () => {
    const { recording, weights } = await readGolden(kind);
    const gpus = await testGpus();
    assertEquals(gpus.length, 2);
    for (const gpu of gpus) {
      const { hidden, loss, gradients } = await step(gpu, kind, 0);
      near(hidden, recording.get("hidden")!, "hidden");
      near(loss, recording.get("loss")!, "loss");
      assertEquals([...gradients.keys()].sort(), [...weights.keys()].sort());
      let zeros = 0;
      for (const [name, { data }] of gradients) {
        const expected = recording.get(`grad.${name}`)!;
        if (ZERO_GRADIENT.test(name)) {
          const query = recording.get(`grad.${queryOf(name)}`)!;
          const absolute = ZERO * Math.max(...query.map(Math.abs));
          assertClose(data, expected, { op: name, absolute, relative: 0 });
          zeros++;
        } else {
          near(data, expected, name);
        }
      }
      assertEquals([gradients.size, zeros], [parameters, keyBiases]);
    }
  });

  Deno.test(`the tiny ${kind} has the same bits where its layers run again for backward`, async () => {
    const [gpu] = await testGpus();
    assertEquals(await step(gpu, kind, 1), await step(gpu, kind, 0));
  });

  Deno.test(`the tiny ${kind} is found in checkpoints with a task's head`, async () => {
    const { weights } = await readGolden(kind);
    const [gpu] = await testGpus();
    const store = new ParameterStore(gpu);
    const { prefix } = createEncoder(store, await goldenConfig(kind), 42, "config.json");
    const parts = store.parameters.flatMap(({ init }) => init.parts);
    const tensors = new Map<string, NamedArray>(
      parts.map(({ name, shape }) => [
        prefix + name,
        { shape, data: Float32Array.from(weights.get(name)!) },
      ]),
    );
    tensors.set("head.dense.weight", { shape: [1], data: new Float32Array(1) });
    const file = decodeSafetensors(encodeSafetensors(tensors), "model.safetensors");
    const reader = new WeightReader(new Map([["", file]]), prefix);
    for (const part of parts) {
      assertEquals(reader.read(part), Float32Array.from(weights.get(part.name)!));
    }
    assertEquals(parts.length, parameters);
  });
}

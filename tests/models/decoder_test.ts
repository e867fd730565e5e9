import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { collate } from "../../src/data/collator.ts";
import { shiftTokens } from "../../src/data/shift_tokens.ts";
import { Tokenizer } from "../../src/data/tokenizer.ts";
import { UsageError } from "../../src/errors.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import { Tensor } from "../../src/gpu/tensor.ts";
import { Decoder, type DecoderOptions } from "../../src/models/decoder.ts";
import { SentenceTransformer } from "../../src/models/sentence_transformer.ts";
import { Tape, type TapeOptions } from "../../src/ops/tape.ts";
import { decoder as reference, decoderShapes } from "../reference/decoder.ts";
import { normalValues } from "../reference/random_values.ts";
import { relativeError } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { poison } from "../support/run_op.ts";

const SIZES = { layers: 2, C: 16, M: 16, F: 32, V: 53, P: 40 };
const SEQUENCES = [[1, 2, 3, 5, 2, 50], [4, 6], [0], [3, 3, 1, ...Array(34).keys()]];
const BERT = {
  model_type: "bert",
  vocab_size: SIZES.V,
  hidden_size: SIZES.C,
  num_hidden_layers: SIZES.layers,
  num_attention_heads: 2,
  intermediate_size: SIZES.F,
  max_position_embeddings: SIZES.P,
  layer_norm_eps: 1e-5,
  initializer_range: 0.3,
  hidden_dropout_prob: 0,
  attention_probs_dropout_prob: 0,
};

function vocabulary(size: number): Tokenizer {
  const special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
  const words = Array.from({ length: size - special.length }, (_, i) => `w${i}`);
  return Tokenizer.fromVocabulary([...special, ...words]);
}

function modelOf(gpu: Gpu, config: object = {}): SentenceTransformer {
  return SentenceTransformer.create(gpu, {
    config: { ...BERT, ...config },
    tokenizer: vocabulary(SIZES.V),
    trainable: true,
  });
}

const shifted = (sequences: number[][] = SEQUENCES) =>
  shiftTokens(
    collate([{ name: "original", sequences: sequences.map((ids) => Uint32Array.from(ids)) }]),
  );

/** Loss, gradient of the vectors and of all parameters by name, those of the decoder without its prefix. */
async function run(
  model: SentenceTransformer,
  decoder: Decoder,
  memory: Float64Array,
  { tape: options, sequences }: { tape?: TapeOptions; sequences?: number[][] } = {},
) {
  const { gpu } = model;
  const shape = [memory.length / SIZES.M, SIZES.M];
  const room = gpu.upload(shape, Float32Array.from(memory), "memory");
  const gradient = gpu.upload(shape, new Float32Array(memory.length), "d_memory");
  const { allocation, label } = room;
  const vectors = new Tensor({ allocation, shape, label, gradient });
  const live = gpu.pool.counters.live;
  const tape = new Tape(gpu, { recording: true, ...options });
  const loss = decoder.reconstruct(tape, vectors, shifted(sequences));
  const [value] = await gpu.read(loss);
  if (tape.recording) tape.backward(loss);
  tape.end();
  assert(gpu.pool.counters.live <= live + 1, "memory stays behind"); // a constant is kept
  const gradients = new Map<string, Float32Array>();
  for (const store of new Set([model.store, ...decoder.stores])) {
    for (const [name, { data }] of await store.download((slab) => slab.gradients)) {
      gradients.set(store === model.store ? name : name.replace("decoder.", ""), data);
    }
    for (const { gradients } of store.slabs) gpu.recorder.clear(gradients);
  }
  const dMemory = await gpu.read(gradient);
  gpu.release(room, gradient);
  return { value, dMemory, gradients };
}

async function weightsOf(model: SentenceTransformer, decoder: Decoder) {
  const weights = new Map<string, Float64Array>();
  for (const store of [model.store, ...decoder.stores]) {
    for (const [name, { data }] of await store.download()) {
      weights.set(name.replace("decoder.", ""), Float64Array.from(data));
    }
  }
  return weights;
}

function destroy(model: SentenceTransformer, decoder: Decoder): void {
  for (const store of decoder.stores) store.destroy();
  model.destroy();
}

const memoryOf = (seed = 1) => normalValues(SEQUENCES.length * SIZES.M, seed);

Deno.test("Decoder equals its reference in value and all gradients, whole and by chunks, tied or not", async () => {
  let seen = 0;
  const cases: [object, number, Partial<DecoderOptions>][] = [
    [{}, 0, {}],
    [{}, 0, { chunkBytes: 4 * SIZES.V * 7 }],
    [{}, 0, { tied: false }],
    [{ model_type: "roberta", pad_token_id: 1, max_position_embeddings: 42 }, 2, {}],
  ];
  for (const gpu of await testGpus()) {
    for (const [config, firstPosition, options] of cases) {
      const model = modelOf(gpu, config);
      const decoder = new Decoder(model, { tied: true, seed: 3, ...options });
      const weights = await weightsOf(model, decoder);
      const expected = reference({
        ...SIZES,
        weights,
        H: 2,
        eps: BERT.layer_norm_eps,
        sequences: SEQUENCES,
        memory: memoryOf().map(Math.fround),
        firstPosition,
      });
      const stop = poison(gpu);
      const found = await run(model, decoder, memoryOf());
      stop();
      // Two layers of a dozen roundings each, in sums of at most 53 numbers.
      const bound = 24 * 2 ** -24 * Math.sqrt(SIZES.V);
      assert(Math.abs(found.value - expected.loss) < bound * expected.loss);
      assert(relativeError(found.dMemory, expected.dMemory) < bound);
      assertEquals(decoderShapes(SIZES).size, expected.gradients.size);
      for (const [name, gradient] of expected.gradients) {
        // The bias of keys moves all scores of a row alike: its gradient is nothing but rounding.
        if (name.endsWith("key.bias")) continue;
        const error = relativeError(found.gradients.get(name)!, gradient);
        assert(error < bound, `${name} is off by ${error}, more than ${bound}`);
        seen++;
      }
      destroy(model, decoder);
    }
  }
  assertEquals(seen, 2 * 4 * (decoderShapes(SIZES).size - SIZES.layers));
});

Deno.test("an untied Decoder leaves the encoder without gradient", async () => {
  const model = modelOf(await testGpu());
  const decoder = new Decoder(model, { tied: false, seed: 3 });
  assertEquals(decoder.stores.length, 2);
  const tape = new Tape(model.gpu, { recording: true });
  const vectors = tape.upload([4, SIZES.M], Float32Array.from(memoryOf()), "memory");
  tape.backward(decoder.reconstruct(tape, vectors, shifted()));
  tape.end();
  const gradients = await model.store.download((slab) => slab.gradients);
  assert([...gradients.values()].every(({ data }) => data.every((value) => value === 0)));
  destroy(model, decoder);
});

Deno.test("Decoder declares what transformers calls its own parameters", async () => {
  const model = modelOf(await testGpu());
  const decoder = new Decoder(model, { tied: true, seed: 3 });
  const found = decoder.stores.flatMap(({ parameters }) =>
    parameters.flatMap(({ init }) => init.parts)
  );
  const wanted = [...decoderShapes(SIZES)].filter(([name]) => /crossattention|cls\./.test(name));
  assertEquals(wanted.length, 6 * SIZES.layers + 5);
  assertEquals(
    new Map(found.map(({ name, shape }) => [name, [...shape]])),
    new Map(wanted.map(([name, shape]) => [`decoder.${name}`, [...shape]])),
  );
  destroy(model, decoder);
});

Deno.test("Decoder drops elements and heads in training, the same ones for a seed and step", async () => {
  const gpu = await testGpu();
  for (const kind of ["hidden_dropout_prob", "attention_probs_dropout_prob"]) {
    const model = modelOf(gpu, { [kind]: 0.3 });
    const decoder = new Decoder(model, { tied: true, seed: 3 });
    // One token is predicted from one: only the attention to the vector can drop weights to effect.
    const sequences = [[1, 2], [2, 3], [3, 4], [5, 6]];
    const value = async (tape: TapeOptions) =>
      (await run(model, decoder, memoryOf(), { tape, sequences })).value;
    const first = await value({ seed: 1, step: 1 });
    assertEquals(await value({ seed: 1, step: 1 }), first);
    assertNotEquals(await value({ seed: 1, step: 2 }), first);
    const evaluated = await value({ training: false });
    assertNotEquals(evaluated, first);
    assertEquals(await value({ recording: false }), evaluated);
    destroy(model, decoder);
  }
});

Deno.test("Decoder gets no noise on its embeddings", async () => {
  const model = modelOf(await testGpu());
  const decoder = new Decoder(model, { tied: true, seed: 3 });
  const quiet = await run(model, decoder, memoryOf());
  const noisy = await run(model, decoder, memoryOf(), { tape: { neftuneNoiseAlpha: 5 } });
  assertEquals(noisy.value, quiet.value);
  destroy(model, decoder);
});

Deno.test("Decoder gives NaN for vectors of NaN, and refuses cut vectors and texts of one token", async () => {
  const model = modelOf(await testGpu());
  const decoder = new Decoder(model, { tied: true, seed: 3 });
  assert(Number.isNaN((await run(model, decoder, memoryOf().fill(NaN))).value));
  const tape = new Tape(model.gpu);
  const cut = tape.empty([4, 8], "cut");
  assertThrows(
    () => decoder.reconstruct(tape, cut, shifted()),
    UsageError,
    "found 8 numbers each, wanted 16",
  );
  const vectors = tape.empty([1, 16], "vectors");
  assertThrows(
    () => decoder.reconstruct(tape, vectors, shifted([[1]])),
    UsageError,
    "no text of the batch has two tokens",
  );
  tape.end();
  destroy(model, decoder);
});

Deno.test("Decoder refuses encoders that are no decoders", async () => {
  const gpu = await testGpu();
  const { vocab_size } = BERT;
  const sizes = { dim: 16, n_layers: 1, n_heads: 2, hidden_dim: 32, max_position_embeddings: 40 };
  const configs = [
    { model_type: "distilbert", vocab_size, ...sizes },
    { ...BERT, model_type: "mpnet" },
    { ...BERT, model_type: "modernbert" },
  ];
  let seen = 0;
  for (const config of configs) {
    const model = SentenceTransformer.create(gpu, { config, tokenizer: vocabulary(vocab_size) });
    assertThrows(
      () => new Decoder(model, { tied: true, seed: 1 }),
      UsageError,
      `model_type is "${config.model_type}", which does not support being as a decoder; wanted one of bert`,
    );
    model.destroy();
    seen++;
  }
  assertEquals(seen, 3);
});

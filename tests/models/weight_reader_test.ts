import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../src/errors.ts";
import { decodeSafetensors, encodeSafetensors } from "../../src/io/safetensors.ts";
import { WeightReader } from "../../src/models/weight_reader.ts";

/** A reader of tensors of shape [1, 2] whose values are their place in the list. */
function readerOf(...names: string[]): WeightReader {
  const tensors = new Map(
    names.map((name, i) => [name, { shape: [1, 2], data: Float32Array.of(i, i) }]),
  );
  const file = decodeSafetensors(encodeSafetensors(tensors), "model.safetensors");
  return new WeightReader(new Map([["", file]]), "bert.");
}

function read(reader: WeightReader, name: string, shape = [1, 2]): number {
  return reader.read({ name, shape })[0];
}

const WORDS = "embeddings.word_embeddings.weight";

Deno.test("WeightReader finds names with and without the prefix of a task's checkpoint", () => {
  assertEquals(read(readerOf("other", WORDS), WORDS), 1);
  assertEquals(read(readerOf("cls.bias", `bert.${WORDS}`), WORDS), 1);
});

Deno.test("WeightReader gives pieces of what it reads, under the same names", () => {
  const part = { name: WORDS, shape: [1, 2] };
  const [piece, ...others] = readerOf("cls.bias", `bert.${WORDS}`).pieces(part);
  assertEquals([[...piece], others], [[1, 1], []]);
  const wrong = { ...part, shape: [2, 1] };
  assertThrows(() => readerOf(WORDS).pieces(wrong), InputError, "asks for [2, 1]");
});

Deno.test("WeightReader finds layer norms under their older names", () => {
  const gain = "embeddings.LayerNorm.weight";
  const bias = "encoder.layer.0.output.LayerNorm.bias";
  const older = readerOf("embeddings.LayerNorm.gamma", "encoder.layer.0.output.LayerNorm.beta");
  assertEquals([read(older, gain), read(older, bias)], [0, 1]);
  const prefixed = readerOf("bert.embeddings.LayerNorm.gamma", `bert.${WORDS}`);
  assertEquals(read(prefixed, gain), 0);
  const both = readerOf("embeddings.LayerNorm.gamma", gain);
  assertEquals(read(both, gain), 1);
});

Deno.test("WeightReader finds the parameters of modules in files of their own", () => {
  const fileOf = (source: string, name: string, value: number) => {
    const tensors = new Map([[name, { shape: [1, 2], data: Float32Array.of(value, value) }]]);
    return decodeSafetensors(encodeSafetensors(tensors), source);
  };
  const reader = new WeightReader(
    new Map([
      ["", fileOf("model.safetensors", `bert.${WORDS}`, 1)],
      ["2_Dense/", fileOf("2_Dense/model.safetensors", "linear.weight", 2)],
    ]),
    "bert.",
  );
  assertEquals([read(reader, WORDS), read(reader, "2_Dense/linear.weight")], [1, 2]);
  assertEquals(
    [WORDS, "2_Dense/other", "3_Dense/linear.weight"].map((name) => reader.has({ name })),
    [true, true, false],
  );
  assertThrows(
    () => read(reader, "2_Dense/linear.weight", [2, 2]),
    InputError,
    'Cannot read tensor "linear.weight" of 2_Dense/model.safetensors: its shape is [1, 2]',
  );
  assertThrows(() => read(reader, "3_Dense/linear.weight"), RangeError, "no file of 3_Dense/");
  assertThrows(() => new WeightReader(new Map(), ""), RangeError, "there are none");
});

Deno.test("WeightReader finds the table of model2vec", () => {
  assertEquals(read(readerOf("other", "embeddings"), "embedding.weight"), 1);
  assertEquals(read(readerOf("embedding.weight", "embeddings"), "embedding.weight"), 0);
});

Deno.test("WeightReader refuses a missing tensor and one of another shape", () => {
  const reader = readerOf(`bert.${WORDS}`);
  assertThrows(
    () => read(reader, "embeddings.word_embedding.weight"),
    InputError,
    'Cannot read model.safetensors: there is no tensor "bert.embeddings.word_embedding.weight" ' +
      `among its 1; the nearest is "bert.${WORDS}"`,
  );
  for (const shape of [[2, 1], [2], [1, 2, 1]]) {
    assertThrows(
      () => read(reader, WORDS, shape),
      InputError,
      `Cannot read tensor "bert.${WORDS}" of model.safetensors: its shape is [1, 2], ` +
        `config.json asks for [${shape.join(", ")}]`,
    );
  }
});

Deno.test("WeightReader keeps the pooler without its prefix and without the file's memory", () => {
  const names = ["pooler.dense.weight", "pooler.dense.bias"];
  assertEquals(readerOf(WORDS).pooler().size, 0);
  assertEquals([...readerOf(WORDS, names[1]).pooler().keys()], [names[1]]);
  const reader = readerOf(`bert.${WORDS}`, ...names.map((name) => `bert.${name}`));
  const pooler = reader.pooler();
  assertEquals([...pooler.keys()], names);
  for (const [i, name] of names.entries()) {
    const { shape, data } = pooler.get(name)!;
    assertEquals(shape, [1, 2]);
    assertEquals(data, Float32Array.of(i + 1, i + 1));
    assertEquals(data.buffer.byteLength, 8);
  }
});

Deno.test("WeightReader checks what is to be read when it is made, where there is a file", () => {
  const file = decodeSafetensors(
    encodeSafetensors(new Map([[WORDS, { shape: [1, 2], data: Float32Array.of(0, 0) }]])),
    "model.safetensors",
  );
  const make = (name: string, shape: number[]) =>
    new WeightReader(new Map([["", file]]), "bert.", [{ init: { parts: [{ name, shape }] } }]);
  make(WORDS, [1, 2]);
  make("2_Dense/linear.weight", [4, 4]);
  assertThrows(() => make(WORDS, [1e9, 2]), InputError, "config.json asks for [1000000000, 2]");
  assertThrows(() => make("other", [1]), InputError, 'there is no tensor "other"');
});

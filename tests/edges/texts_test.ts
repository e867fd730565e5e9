import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { encode } from "../../src/cli/encode.ts";
import { Dataset } from "../../src/data/dataset.ts";
import { InputError, UsageError } from "../../src/errors.ts";
import { SentenceTransformer } from "../../src/models/sentence_transformer.ts";
import { captureOutput } from "../support/capture_output.ts";
import { testGpu } from "../support/gpu.ts";
import { TINY_BERT } from "../support/model_directory.ts";
import { withFolder } from "../support/with_folder.ts";
import { edgeRun } from "./edge_run.ts";

/** Ids of special tokens that BERT puts around a text. */
const SPECIAL = 2;

Deno.test("a text without words is its special tokens, whatever its blanks", async () => {
  const model = await SentenceTransformer.load(await testGpu(), TINY_BERT);
  const texts = ["", " ", "\t\n", "\u00a0\u3000"];
  assertEquals(texts.map((text) => model.tokenize(text).length), [2, 2, 2, 2]);
  const { data, rows, columns } = await model.encode(texts);
  assertEquals(rows, 4);
  const first = data.subarray(0, columns);
  assert(first.every(Number.isFinite) && first.some((value) => value !== 0));
  for (let row = 1; row < rows; row++) {
    assertEquals(data.subarray(row * columns, (row + 1) * columns), first);
  }
  model.destroy();
});

Deno.test("no texts give no embeddings, of the usual width", async () => {
  const model = await SentenceTransformer.load(await testGpu(), TINY_BERT);
  const { data, rows, columns } = await model.encode([]);
  assertEquals([data.length, rows, columns], [0, 0, 32]);
  model.destroy();
});

Deno.test("a text of just max_seq_length tokens is whole, one more is cut", async () => {
  const gpu = await testGpu();
  const length = 6;
  const model = await SentenceTransformer.load(gpu, TINY_BERT, { maxSequenceLength: length });
  const words = ["a", "b", "c", "d", "e"];
  const [whole, longer] = [words.slice(0, length - SPECIAL).join(" "), words.join(" ")];
  assertEquals(model.tokenize(whole).length, length);
  const { data, columns } = await model.encode([whole, longer, `${longer} ${"f ".repeat(5000)}`]);
  for (const row of [1, 2]) {
    assertEquals(data.subarray(row * columns, (row + 1) * columns), data.subarray(0, columns));
  }
  model.destroy();
});

Deno.test("max_seq_length goes from the special tokens alone to the model's positions", async () => {
  const gpu = await testGpu();
  const load = (maxSequenceLength: number) =>
    SentenceTransformer.load(gpu, TINY_BERT, { maxSequenceLength });
  const least = await load(SPECIAL);
  const { data, columns } = await least.encode(["a b c", ""]);
  assertEquals(data.subarray(0, columns), data.subarray(columns));
  least.destroy();
  const most = await load(40);
  const text = "a ".repeat(38);
  assertEquals(most.tokenize(text).length, 40);
  const long = await most.encode([text]);
  assert(long.data.every(Number.isFinite));
  most.destroy();
  for (const length of [0, 1, 41, 2.5, NaN]) {
    await assertRejects(() => load(length), UsageError, "the maximum sequence length is");
  }
});

Deno.test("training on texts without words is defined: all embeddings are equal", async () => {
  const blanks = ["", " ", "\t", "\n"];
  const trainDataset = new Dataset({
    name: "blanks",
    texts: new Map([["anchor", blanks], ["positive", [...blanks].reverse()]]),
  });
  const { steps, losses, isFinite } = await edgeRun({}, { trainDataset });
  assertEquals([steps, isFinite], [3, true]);
  // Four candidates that nothing tells apart; f32 rounds scores of 20.
  for (const loss of losses) assert(Math.abs(loss - Math.log(4)) < 20 * 2 ** -23 * 4, `${loss}`);
});

Deno.test("encode of the command line embeds empty lines, and refuses an input without a line", async () => {
  await withFolder({ "blank.txt": "\n \n", "empty.txt": "" }, async (folder) => {
    const run = (file: string) => encode(["--model", TINY_BERT, join(folder, file)]);
    const lines = (await captureOutput(() => run("blank.txt"))).trimEnd().split("\n");
    const [first, second] = lines.map((line) => JSON.parse(line));
    assertEquals([lines.length, first.text, second.text], [2, "", " "]);
    assertEquals(first.embedding, second.embedding);
    await assertRejects(() => run("empty.txt"), InputError, "it is empty, wanted texts");
  });
});

/**
 * What pages speak of and a reader has: models and data, small.
 *
 * @module
 */
import { basename, join } from "@std/path";
import { Tokenizer } from "../../src/data/tokenizer.ts";
import { Gpu } from "../../src/gpu/device.ts";
import { writeModelDirectory } from "../../src/io/write_model_directory.ts";
import { SentenceTransformer } from "../../src/models/sentence_transformer.ts";
import { ROOT } from "../../tools/repository.ts";
import { arrowBytes, arrowTable } from "../support/arrow_tables.ts";
import { TINY_BERT } from "../support/model_directory.ts";

/** What is trained where a page names no model. */
export const NEW_MODEL = "new_model";

/** Models by the name that pages give them, each with the width of the real one. */
const MODELS: Readonly<Record<string, number>> = {
  [NEW_MODEL]: 128,
  "all-MiniLM-L6-v2": 384,
  "sentence-transformers/all-MiniLM-L6-v2": 384,
  "paraphrase-multilingual-MiniLM-L12-v2": 384,
  "all-mpnet-base-v2": 768,
  "org/name": 384,
  "org/name@v1.0": 384,
  "path/to/bert": 384,
  "out/final": 384,
  "output/final": 384,
  "trainer_output/final": 384,
};

const ROWS = [
  ["a cat", "it purrs", "it barks"],
  ["a dog", "it barks", "it floats"],
  ["a boat", "it floats", "it purrs"],
  ["a train", "it runs on rails", "it barks"],
];

/** Data by the names that pages give them. */
const FILES: Readonly<Record<string, string>> = {
  "pairs.jsonl": ROWS.map(([question, answer]) => `${JSON.stringify({ question, answer })}\n`)
    .join(""),
  "pairs_dev.jsonl": ROWS.map(([question, answer]) => `${JSON.stringify({ question, answer })}\n`)
    .join(""),
  "dev.csv": `anchor,positive,negative\n${ROWS.map((row) => `${row.join()}\n`).join("")}`,
  "train.csv": `anchor,positive,negative\n${ROWS.map((row) => `${row.join()}\n`).join("")}`,
  "a.csv": `title,body\n${ROWS.map(([title, body]) => `${title},${body}\n`).join("")}`,
  "texts.txt": ROWS.map(([text]) => `${text}\n`).join(""),
  "texts.jsonl": ROWS.map(([text]) => `${JSON.stringify({ text })}\n`).join(""),
};

/** A folder with one model of each width. */
export async function makeModels(folder: string): Promise<void> {
  const vocabulary = (await Deno.readTextFile(join(TINY_BERT, "vocab.txt"))).trim().split("\n");
  const gpu = await Gpu.request();
  for (const width of new Set(Object.values(MODELS))) {
    const model = SentenceTransformer.create(gpu, {
      tokenizer: Tokenizer.fromVocabulary(vocabulary),
      config: {
        ...JSON.parse(await Deno.readTextFile(join(TINY_BERT, "config.json"))),
        hidden_size: width,
        max_position_embeddings: 512,
        num_hidden_layers: 1,
        num_attention_heads: width / 32,
        intermediate_size: 64,
      },
      trainable: false,
    });
    await writeModelDirectory(join(folder, `${width}`), await model.toSavedModel(""));
    model.destroy();
  }
  gpu.destroy();
}

/**
 * Fills the folder of a page.
 *
 * @param folder Where to.
 * @param page The page: `train.jsonl` and `dev.jsonl` are what its recipe has.
 * @param models The folder of {@linkcode makeModels}.
 */
export async function fillFolder(
  folder: string,
  { page, models }: { page: string; models: string },
): Promise<void> {
  for (const [path, width] of Object.entries(MODELS)) {
    await linkFolder(join(models, `${width}`), join(folder, path));
  }
  await Deno.mkdir(join(folder, "examples"));
  for await (const { name, isFile } of Deno.readDir(join(ROOT, "examples"))) {
    if (!isFile) continue;
    await Deno.copyFile(join(ROOT, "examples", name), join(folder, "examples", name));
  }
  for (const [name, text] of Object.entries(FILES)) {
    await Deno.writeTextFile(join(folder, name), text);
  }
  await writeSaved(join(folder, "saved"));
  const gzip = new CompressionStream("gzip");
  await Deno.writeFile(
    join(folder, "pairs.jsonl.gz"),
    new Blob([FILES["pairs.jsonl"]]).stream().pipeThrough(gzip),
  );
  const recipe = page.startsWith("examples/") ? basename(page, ".md") : "search";
  const data = await Deno.stat(join(ROOT, `examples/${recipe}.jsonl`)).then(() => recipe).catch(
    () => "search",
  );
  for (const [name, source] of [["train", data], ["dev", `${data}_dev`]]) {
    await Deno.copyFile(join(ROOT, `examples/${source}.jsonl`), join(folder, `${name}.jsonl`));
  }
}

/** What the library datasets writes: a folder a split. */
async function writeSaved(folder: string): Promise<void> {
  const [question, answer] = [0, 1].map((column) => ({ utf8: ROWS.map((row) => row[column]) }));
  const rows = arrowBytes(arrowTable({ question, answer }));
  for (const split of ["train", "validation"]) {
    await Deno.mkdir(join(folder, split), { recursive: true });
    await Deno.writeFile(join(folder, split, "data.arrow"), rows);
    const state = { _data_files: [{ filename: "data.arrow" }], _split: split };
    await Deno.writeTextFile(join(folder, split, "state.json"), JSON.stringify(state));
  }
  const splits = { splits: ["train", "validation"] };
  await Deno.writeTextFile(join(folder, "dataset_dict.json"), JSON.stringify(splits));
}

/** Files are never written in place, so that links will do for the large ones. */
async function linkFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await linkFolder(join(from, name), join(to, name));
    else await Deno.link(join(from, name), join(to, name));
  }
}

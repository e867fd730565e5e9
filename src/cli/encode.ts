/**
 * The command `encode`.
 *
 * @module
 */
import { dirname } from "@std/path";
import { InputError, UsageError } from "../errors.ts";
import { openGpu } from "../io/open_gpu.ts";
import type { EmbeddedTexts } from "../io/embeddings_encoder.ts";
import { embeddingLines } from "../io/jsonl_embeddings.ts";
import { embeddingsFormat, writeEmbeddings } from "../io/write_embeddings.ts";
import { ensureWritableDirectory } from "../io/write_files.ts";
import type { EncodeOptions } from "../models/model_options.ts";
import { SentenceTransformer } from "../models/sentence_transformer.ts";
import type { OwnFlag } from "../train/arguments/flags.ts";
import { downloadLines } from "./download_lines.ts";
import { positiveInteger } from "./positive_integer.ts";
import { print } from "./print.ts";
import { readFlags } from "./read_flags.ts";
import { readText, STANDARD_INPUT } from "./read_text.ts";

/** Texts whose embeddings are in memory at once; those of similar length make batches. */
const TEXTS_AT_ONCE = 1 << 12;

const FLAGS = {
  model: { takes: "text" },
  output: { takes: "text" },
  "batch-size": { takes: "text" },
  prompt: { takes: "text" },
  "prompt-name": { takes: "text" },
  "max-seq-length": { takes: "text" },
} as const satisfies Record<string, OwnFlag>;

/**
 * Embeds texts, one a line, from files or from standard input.
 *
 * @param tokens The command line after `encode`.
 * @throws {UsageError} For flags without sense.
 * @throws {InputError} For texts or a model that cannot be read.
 * @throws {OutputError} If the output cannot be written.
 */
export async function encode(tokens: readonly string[]): Promise<void> {
  const { flags, rest } = readFlags("encode", tokens, FLAGS);
  const value = (flag: keyof typeof FLAGS) => flags.get(flag)?.at(-1);
  const integer = (flag: keyof typeof FLAGS) => positiveInteger(flag, value(flag));
  const path = value("model");
  if (path === undefined) {
    throw new UsageError("Cannot encode: give the model, --model DIR or ORG/NAME");
  }
  const output = value("output");
  if (output !== undefined) embeddingsFormat(output);
  const maxSequenceLength = integer("max-seq-length");
  const options = {
    batchSize: integer("batch-size"),
    prompt: value("prompt"),
    promptName: value("prompt-name"),
  };
  const texts = await readTexts(rest);
  const gpu = await openGpu();
  try {
    const model = await SentenceTransformer.load(gpu, path, {
      maxSequenceLength,
      onDownload: downloadLines(),
    });
    const batches = embedded(model, texts, options);
    const shape = { rows: texts.length, columns: model.dimension };
    if (output !== undefined) {
      await ensureWritableDirectory(dirname(output));
      await writeEmbeddings(output, batches, shape);
    } else await printEmbeddings(batches, shape.columns);
  } finally {
    gpu.destroy();
  }
}

async function readTexts(files: readonly string[]): Promise<string[]> {
  const texts: string[] = [];
  for (const file of files.length === 0 ? [STANDARD_INPUT] : files) {
    if (file === STANDARD_INPUT && Deno.stdin.isTerminal()) {
      console.error("Type texts, one a line; end with Ctrl-D on a line of its own");
    }
    const content = await readText(file);
    if (content === "") {
      const source = file === STANDARD_INPUT ? "standard input" : file;
      throw new InputError(`Cannot read ${source}: it is empty, wanted texts, one a line`);
    }
    for (const line of content.replace(/\r?\n$/, "").split(/\r?\n/)) texts.push(line);
  }
  return texts;
}

async function* embedded(
  model: SentenceTransformer,
  texts: readonly string[],
  options: EncodeOptions,
): AsyncGenerator<EmbeddedTexts> {
  for (let first = 0; first < texts.length; first += TEXTS_AT_ONCE) {
    const some = texts.slice(first, first + TEXTS_AT_ONCE);
    yield { texts: some, data: (await model.encode(some, options)).data };
  }
}

/** Stops where nobody reads any more. */
async function printEmbeddings(
  batches: AsyncIterable<EmbeddedTexts>,
  columns: number,
): Promise<void> {
  for await (const batch of batches) {
    for (const line of embeddingLines(batch, columns)) if (!print(line)) return;
  }
}

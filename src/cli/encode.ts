/**
 * The command `encode`.
 *
 * @module
 */
import { dirname, extname } from "@std/path";
import { InputError, UsageError } from "../errors.ts";
import type { Embeddings } from "../evaluators/embedder.ts";
import { encodeNpy } from "../io/npy.ts";
import { ensureWritableDirectory, writeFileAtomically } from "../io/write_files.ts";
import { SentenceTransformer } from "../models/sentence_transformer.ts";
import type { OwnFlag } from "../train/arguments/flags.ts";
import { openGpu } from "./open_gpu.ts";
import { positiveInteger } from "./positive_integer.ts";
import { print } from "./print.ts";
import { readFlags } from "./read_flags.ts";
import { readText, STANDARD_INPUT } from "./read_text.ts";

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
  if (path === undefined) throw new UsageError("Cannot encode: give the model, --model DIR");
  const output = value("output");
  if (output !== undefined && ![".jsonl", ".npy"].includes(extname(output))) {
    throw new UsageError(`Cannot encode to ${output}: wanted a name that ends in .jsonl or .npy`);
  }
  const maxSequenceLength = integer("max-seq-length");
  const options = {
    batchSize: integer("batch-size"),
    prompt: value("prompt"),
    promptName: value("prompt-name"),
  };
  const texts = await readTexts(rest);
  const gpu = await openGpu();
  try {
    const model = await SentenceTransformer.load(gpu, path, { maxSequenceLength });
    if (output !== undefined) await ensureWritableDirectory(dirname(output));
    await writeEmbeddings(output, texts, await model.encode(texts, options));
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

async function writeEmbeddings(
  output: string | undefined,
  texts: readonly string[],
  { data, rows, columns }: Embeddings,
): Promise<void> {
  if (output !== undefined && extname(output) === ".npy") {
    await writeFileAtomically(output, encodeNpy(data, [rows, columns]));
    return;
  }
  const line = (text: string, row: number) => {
    const embedding = [...data.subarray(row * columns, (row + 1) * columns)];
    return `${JSON.stringify({ text, embedding })}\n`;
  };
  if (output !== undefined) await writeFileAtomically(output, texts.map(line).join(""));
  else texts.every((text, row) => print(line(text, row)));
}

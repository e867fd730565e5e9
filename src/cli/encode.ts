/**
 * The command `encode`.
 *
 * @module
 */
import { extname } from "@std/path";
import { InputError, UsageError } from "../errors.ts";
import { Gpu } from "../gpu/device.ts";
import { encodeNpy } from "../io/npy.ts";
import { writeFileAtomically } from "../io/write_files.ts";
import { SentenceTransformer } from "../models/sentence_transformer.ts";
import { positiveInteger, readFlags } from "./run_inputs.ts";

const FLAGS = ["model", "output", "batch-size", "prompt", "prompt-name", "max-seq-length"];

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
  const value = (flag: string) => flags.get(flag)?.at(-1);
  const path = value("model");
  if (path === undefined) throw new UsageError("Cannot encode: give the model, --model DIR");
  const output = value("output");
  const format = output === undefined ? ".jsonl" : extname(output);
  if (format !== ".jsonl" && format !== ".npy") {
    throw new UsageError(`Cannot encode to ${output}: wanted a name that ends in .jsonl or .npy`);
  }
  const integer = (flag: string) => {
    const text = value(flag);
    return text === undefined ? undefined : positiveInteger(flag, text);
  };
  const options = {
    batchSize: integer("batch-size"),
    prompt: value("prompt"),
    promptName: value("prompt-name"),
  };
  const maxSequenceLength = integer("max-seq-length");
  const texts = await readTexts(rest);
  const gpu = await Gpu.request();
  try {
    const model = await SentenceTransformer.load(gpu, path, { maxSequenceLength });
    const { data, rows, columns } = await model.encode(texts, options);
    if (format === ".npy") {
      await writeFileAtomically(output!, encodeNpy(data, [rows, columns]));
      return;
    }
    const lines = texts.map((text, row) => {
      const embedding = [...data.subarray(row * columns, (row + 1) * columns)];
      return `${JSON.stringify({ text, embedding })}\n`;
    });
    if (output !== undefined) await writeFileAtomically(output, lines.join(""));
    else await writeLines(lines);
  } finally {
    gpu.destroy();
  }
}

async function readTexts(files: readonly string[]): Promise<string[]> {
  const contents: string[] = [];
  for (const file of files.length === 0 ? ["-"] : files) {
    try {
      contents.push(
        file === "-"
          ? await new Response(Deno.stdin.readable).text()
          : await Deno.readTextFile(file),
      );
    } catch (error) {
      throw new InputError(`Cannot read ${file}: ${(error as Error).message}`, { cause: error });
    }
  }
  return contents.flatMap((content) => content.replace(/\r?\n$/, "").split(/\r?\n/));
}

async function writeLines(lines: readonly string[]): Promise<void> {
  const writer = Deno.stdout.writable.getWriter();
  const encoder = new TextEncoder();
  for (const line of lines) await writer.write(encoder.encode(line));
  writer.releaseLock();
}

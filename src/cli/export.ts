/**
 * The command `export`.
 *
 * @module
 */
import { dirname, join } from "@std/path";
import { UsageError } from "../errors.ts";
import { exportModel, ONNX_PRECISIONS } from "../export/export_model.ts";
import type { OnnxPrecision } from "../export/graph_builder.ts";
import { Gpu } from "../gpu/device.ts";
import { ensureWritableDirectory } from "../io/write_files.ts";
import { SentenceTransformer } from "../models/sentence_transformer.ts";
import { nearest } from "../nearest.ts";
import { formatCount } from "../reporters/format.ts";
import { downloadLines } from "./download_lines.ts";
import { readFlags } from "./read_flags.ts";

/**
 * Writes a model for other runtimes, as ONNX.
 *
 * @param tokens The command line after `export`.
 * @throws {UsageError} For flags without sense, or a model that cannot be exported.
 * @throws {InputError} For a model that cannot be read.
 * @throws {OutputError} If the output cannot be written.
 */
export async function exportOnnx(tokens: readonly string[]): Promise<void> {
  const { flags, rest } = readFlags("export", tokens, {
    model: { takes: "text" },
    output: { takes: "text" },
    precision: { takes: "texts" },
  });
  const [path, output] = [flags.get("model")?.at(-1), flags.get("output")?.at(-1)];
  if (path === undefined || output === undefined || rest.length > 0) {
    throw new UsageError(
      rest.length > 0
        ? `Cannot export: "${rest[0]}" is no flag; give --model MODEL and --output DIR`
        : "Cannot export: give the model and where to write, --model MODEL --output DIR",
    );
  }
  const precisions = precisionsOf(flags.get("precision") ?? ["f32"]);
  await refuseOthers(path, output);
  await ensureWritableDirectory(dirname(output));
  const gpu = await Gpu.request();
  try {
    const model = await SentenceTransformer.load(gpu, path, { onDownload: downloadLines() });
    const { files, pools } = await exportModel(model, output, { precisions });
    for (const [file, bytes] of files) {
      console.log(`Wrote ${join(output, file)}: ${formatCount(bytes)}B`);
    }
    if (!pools) {
      console.log(
        "Its outputs are token vectors alone: the pooling leaves out the tokens of prompts, which no input tells",
      );
    }
  } finally {
    gpu.destroy();
  }
}

/** The texts of the flag, each of which may name several. */
function precisionsOf(texts: readonly string[]): OnnxPrecision[] {
  const names = texts.flatMap((text) => text.split(",")).map((name) => name.trim());
  return [...new Set(names)].map((name) => {
    const found = ONNX_PRECISIONS.find((precision) => precision === name);
    if (found !== undefined) return found;
    const guess = nearest(name, ONNX_PRECISIONS);
    throw new UsageError(
      `Cannot read --precision "${name}": known are ${ONNX_PRECISIONS.join(", ")}` +
        (guess === null ? "" : `; the nearest is "${guess}"`),
    );
  });
}

/** An export replaces the whole directory: it is to be a new one, an empty one, or an earlier export. */
async function refuseOthers(path: string, output: string): Promise<void> {
  const names = await namesIn(output);
  const model = ["model.safetensors", "pytorch_model.bin", "adapter_config.json"]
    .find((name) => names.includes(name));
  if (names.length === 0 || (names.includes("onnx") && model === undefined)) return;
  throw new UsageError(
    `Cannot export ${path} to ${output}: it holds ${
      model === undefined ? `other files, such as ${names[0]}` : `a model, ${model}`
    }, and would be replaced; give another directory`,
  );
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(directory))).map(({ name }) => name).sort();
  } catch {
    // What is no directory, or may not be read, is refused when it is written.
    return [];
  }
}

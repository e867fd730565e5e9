/**
 * Exports of a model, for other runtimes.
 *
 * @module
 */
import { join } from "@std/path";
import { UsageError } from "../errors.ts";
import { host } from "../host/host.ts";
import { writeDirectoryAtomically } from "../io/write_files.ts";
import { type SavedModel, writeModelDirectory } from "../io/write_model_directory.ts";
import type { SentenceTransformer } from "../models/sentence_transformer.ts";
import { StaticEmbedding } from "../nn/static_embedding.ts";
import { exportCard } from "./export_card.ts";
import type { OnnxPrecision } from "./graph_builder.ts";
import { canPool, onnxModel } from "./onnx_model.ts";

/** The name of each file, as transformers.js looks for it by its `dtype` fp32, fp16 and q8. */
const FILES: Readonly<Record<OnnxPrecision, string>> = {
  f32: "onnx/model.onnx",
  f16: "onnx/model_fp16.onnx",
  int8: "onnx/model_quantized.onnx",
};

/** The precisions of exports. */
export const ONNX_PRECISIONS: readonly OnnxPrecision[] = Object.keys(FILES) as OnnxPrecision[];

/** How {@linkcode exportModel} exports. */
export interface ExportOptions {
  /** The precisions to export, one file each. Default: f32. */
  readonly precisions?: readonly OnnxPrecision[];
}

/** What was exported. */
export interface ExportedModel {
  /** The ONNX files, relative to the directory, with their sizes in bytes. */
  readonly files: ReadonlyMap<string, number>;
  /** Whether they make embeddings; else they make token vectors alone. */
  readonly pools: boolean;
}

/**
 * Exports a model to ONNX, in a directory that ONNX Runtime, transformers.js and sentence-transformers
 * (`backend="onnx"`) read: `onnx/model.onnx` and its like, the tokenizer, and what tells of the modules.
 *
 * Inputs are `input_ids`, `attention_mask` and for BERT `token_type_ids`, [batch_size, sequence_length].
 * Outputs are `last_hidden_state`, [batch_size, sequence_length, C], and `sentence_embedding`,
 * [batch_size, columns], which a pooling that leaves out the tokens of prompts has not. An adapter's updates
 * are in the weights.
 *
 * ```ts
 * import { exportModel, Gpu, newSmallModel } from "@sentrain/sentrain";
 *
 * const gpu = await Gpu.request();
 * const model = await newSmallModel(gpu);
 * const folder = await Deno.makeTempDir();
 * const { files } = await exportModel(model, `${folder}/exported`, { precisions: ["int8"] });
 * console.log([...files.keys()]); // [ "onnx/model_quantized.onnx" ]
 * gpu.destroy();
 * ```
 *
 * @param model The model, which stays as it is.
 * @param directory Where to write; what it held is replaced.
 * @param options The precisions.
 * @returns What was exported.
 * @throws {UsageError} If there is no export of the model's architecture, or a file would have 2 GiB or more.
 * @throws {InputError} If a weight is too large for 16 bits.
 * @throws {OutputError} If the directory cannot be written; what was there stays.
 */
export async function exportModel(
  model: SentenceTransformer,
  directory: string,
  { precisions = ["f32"] }: ExportOptions = {},
): Promise<ExportedModel> {
  const encoder = model.first;
  if (encoder instanceof StaticEmbedding) {
    throw new UsageError(
      "Cannot export a model that begins with a StaticEmbedding to ONNX: wanted a Transformer",
    );
  }
  const { config, fullDimension: columns } = model;
  const saved = await model.toSavedModel("", true);
  const files = new Map<string, number>();
  const pools = canPool(saved.modules);
  await writeDirectoryAtomically(directory, async (temporary) => {
    await host().files.mkdir(join(temporary, "onnx"));
    for (const precision of precisions) {
      const { bytes } = onnxModel({ config, encoder, saved, columns, precision });
      await host().files.writeFile(join(temporary, FILES[precision]), bytes);
      files.set(FILES[precision], bytes.length);
    }
    const card = exportCard([...files.keys()], pools);
    await writeModelDirectory(temporary, { ...withoutEncoder(saved), card });
  });
  return { files, pools };
}

/** Modules behind the encoder keep their weights, which sentence-transformers reads. */
function withoutEncoder(saved: SavedModel): SavedModel {
  const weights = new Map([...saved.weights].filter(([name]) => name.includes("/")));
  return { ...saved, weights, tokenizer: withCase(saved) };
}

/** Where the model lower-cases texts itself, an exported tokenizer must, for runtimes know of no such key. */
function withCase({ tokenizer, doLowerCase }: SavedModel): SavedModel["tokenizer"] {
  if (!doLowerCase || tokenizer.json === null) return tokenizer;
  const own = tokenizer.json.normalizer;
  const normalizers = [{ type: "Lowercase" }, ...(own == null ? [] : [own])];
  return {
    ...tokenizer,
    json: { ...tokenizer.json, normalizer: { type: "Sequence", normalizers } },
  };
}

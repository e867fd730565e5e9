/**
 * A sentence encoder as one ONNX file.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import type { SavedModel } from "../io/write_model_directory.ts";
import { encoderGraph, type EncoderGraphInit } from "./encoder_graph.ts";
import { GraphBuilder, type OnnxPrecision } from "./graph_builder.ts";
import { sentenceGraph } from "./sentence_graph.ts";
import { SequenceGraph } from "./sequence_graph.ts";

/** Protocol Buffers count bytes in 31 bits. */
const MOST_BYTES = 2 ** 31 - 1;

/** What is exported. */
export interface OnnxModelInit extends EncoderGraphInit {
  /** Weights, modules and dimensions. */
  readonly saved: Pick<SavedModel, "weights" | "modules" | "truncateDim">;
  /** Columns of an embedding before any are cut. */
  readonly columns: number;
  /** How it computes. */
  readonly precision: OnnxPrecision;
}

/** An ONNX file. */
export interface OnnxModel {
  /** Its bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The names of its outputs. */
  readonly outputs: readonly string[];
}

/**
 * Tells whether a pooling can be part of the graph: what leaves out the tokens of a prompt needs to know
 * how many these are, which no input tells.
 *
 * @param modules The modules behind the encoder.
 * @returns Whether all can be part of it.
 */
export function canPool(modules: SavedModel["modules"]): boolean {
  return modules.every((module) => module.type !== "Pooling" || module.includePrompt);
}

/**
 * Makes the file: token vectors as `last_hidden_state`, [batch_size, sequence_length, C], and where the
 * modules allow it embeddings as `sentence_embedding`, [batch_size, columns], both of 32-bit floats.
 *
 * @param init What is exported.
 * @returns The file.
 * @throws {UsageError} If there is no export of its architecture, or the file would have 2 GiB or more.
 * @throws {InputError} If a weight is missing or too large for the precision.
 */
export function onnxModel(init: OnnxModelInit): OnnxModel {
  const { config, encoder, saved, columns, precision } = init;
  const builder = new GraphBuilder(saved.weights, precision);
  const { graph } = builder;
  const sequences = new SequenceGraph(builder);
  const encoded = encoderGraph(builder, sequences, { config, encoder });
  const hidden = builder.type === "f32" ? encoded : graph.cast(encoded, "f32");
  const outputs = ["last_hidden_state"];
  const shape = ["batch_size", "sequence_length", encoder.width];
  graph.output({ name: outputs[0], type: "f32", shape }, hidden);
  if (canPool(saved.modules)) {
    const whole = sentenceGraph(builder, hidden, { sequences, modules: saved.modules });
    const width = Math.min(columns, saved.truncateDim ?? columns);
    const ends = () => [0, width, 1].map((value) => graph.integers(value));
    const kept = width === columns ? whole : graph.apply("Slice", [whole, ...ends()]);
    outputs.push("sentence_embedding");
    graph.output({ name: outputs[1], type: "f32", shape: ["batch_size", width] }, kept);
  }
  const model = graph.toModel("sentence_encoder");
  checkFileSize(model.size, precision);
  return { bytes: model.finish(), outputs };
}

/**
 * Refuses a file that is too large.
 *
 * @param bytes Its size.
 * @param precision How it computes, for the message.
 * @throws {UsageError} If it would have 2 GiB or more.
 */
export function checkFileSize(bytes: number, precision: OnnxPrecision): void {
  if (bytes <= MOST_BYTES) return;
  throw new UsageError(
    `Cannot export the model with ${precision}: the file would have ${bytes} bytes, wanted at most ${MOST_BYTES}; export f16 or int8`,
  );
}

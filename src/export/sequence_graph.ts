/**
 * What encoders ask of a padded batch, as operators of ONNX.
 *
 * @module
 */
import type { GraphBuilder } from "./graph_builder.ts";

/** What hides a key from a query: with any score, a share of zero in either type. */
const HIDDEN = { f32: -3e38, f16: -65504 } as const;

/** A padded batch of token ids. */
export class SequenceGraph {
  /** Token ids, [batch, length]. */
  readonly ids: string;
  /** 1 for a token, 0 for padding, [batch, length], of 32-bit floats. */
  readonly mask: string;
  readonly #builder: GraphBuilder;
  #length: string | null = null;

  /**
   * Declares the inputs.
   *
   * @param builder Gets the operators.
   */
  constructor(builder: GraphBuilder) {
    this.#builder = builder;
    this.ids = this.input("input_ids");
    this.mask = builder.graph.cast(this.input("attention_mask"), "f32");
  }

  /**
   * Declares an input of integers, [batch, length].
   *
   * @param name Its name.
   * @returns Its name.
   */
  input(name: string): string {
    const shape = ["batch_size", "sequence_length"];
    return this.#builder.graph.input({ name, type: "i64", shape });
  }

  /** The length of the longest sequence: one integer, without dimensions. */
  get length(): string {
    const { graph } = this.#builder;
    return this.#length ??= graph.apply("Gather", [
      graph.apply("Shape", [this.ids]),
      graph.integer(1),
    ]);
  }

  /** The integers from 0 to the length less 1. */
  get places(): string {
    const { graph } = this.#builder;
    return graph.apply("Range", [graph.integer(0), this.length, graph.integer(1)]);
  }

  /** Of a token its place among those of its sequence, from 1 on; 0 for padding. [batch, length], floats. */
  get order(): string {
    const { graph } = this.#builder;
    const counted = graph.apply("CumSum", [this.mask, graph.integer(1)]);
    return graph.apply("Mul", [counted, this.mask]);
  }

  /**
   * Adds what hides padding from attention, and with a window what lies outside of it.
   *
   * @param window The largest distance of two tokens that see each other. Default: any.
   * @returns What scores get, [batch, 1, 1 or length, length].
   */
  bias(window?: number): string {
    const builder = this.#builder;
    const { graph, type } = builder;
    const keys = graph.apply("Unsqueeze", [this.mask, graph.integers(1, 2)]);
    const seen = window === undefined
      ? keys
      : graph.apply("Mul", [keys, graph.cast(this.#within(window), "f32")]);
    const hidden = graph.apply("Sub", [builder.number(1, "f32"), seen]);
    const most = builder.number(HIDDEN[type === "f16" ? "f16" : "f32"]);
    return graph.apply("Mul", [type === "f16" ? graph.cast(hidden, "f16") : hidden, most]);
  }

  /** The place of a key less that of a query, [length, length], integers. */
  get distances(): string {
    const { graph } = this.#builder;
    const { places } = this;
    return graph.apply("Sub", [
      graph.apply("Unsqueeze", [places, graph.integers(0)]),
      graph.apply("Unsqueeze", [places, graph.integers(1)]),
    ]);
  }

  #within(window: number): string {
    const { graph } = this.#builder;
    return graph.apply("LessOrEqual", [
      graph.apply("Abs", [this.distances]),
      graph.integer(window),
    ]);
  }
}

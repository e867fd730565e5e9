/**
 * The layers that encoders are made of, as operators of ONNX, in each precision.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import type { NamedArray } from "../io/safetensors.ts";
import type { HiddenActivation } from "../ops/hidden_activation.ts";
import type { ElementType } from "./onnx_graph.ts";
import { OnnxGraph } from "./onnx_graph.ts";
import { quantizedColumns, quantizedRows } from "./quantize_weight.ts";

/**
 * How an exported encoder computes: in 32-bit floats; in 16-bit floats; or with products of 8-bit integers,
 * weights rounded beforehand and arguments as they come, and all else in 32-bit floats.
 */
export type OnnxPrecision = "f32" | "f16" | "int8";

/** An activation of an encoder or of a dense layer. */
export type GraphActivation = HiddenActivation | "tanh" | "sigmoid" | "identity";

/** The largest number of 16 bits. */
const LARGEST_F16 = 65504;

/** Adds layers to a graph. Token vectors are of the encoder's precision, `[batch, length, columns]`. */
export class GraphBuilder {
  /** The graph. */
  readonly graph: OnnxGraph = new OnnxGraph();
  /** How it computes. */
  readonly precision: OnnxPrecision;
  readonly #weights: ReadonlyMap<string, NamedArray>;
  /** Arguments of linear layers that are 8-bit integers already: values, scale and zero point. */
  readonly #rounded = new Map<string, string[]>();

  /**
   * An empty graph.
   *
   * @param weights The model's weights by name, of 32-bit floats.
   * @param precision How it computes.
   */
  constructor(weights: ReadonlyMap<string, NamedArray>, precision: OnnxPrecision) {
    this.#weights = weights;
    this.precision = precision;
  }

  /** The type of token vectors. */
  get type(): ElementType {
    return this.precision === "f16" ? "f16" : "f32";
  }

  /**
   * Tells whether there is a weight.
   *
   * @param name Its name.
   * @returns Whether there is.
   */
  has(name: string): boolean {
    return this.#weights.has(name);
  }

  /**
   * Looks up a weight.
   *
   * @param name Its name.
   * @returns Shape and values.
   * @throws {InputError} If there is none, or it is not of 32-bit floats.
   */
  weight(name: string): { shape: readonly number[]; data: Float32Array<ArrayBuffer> } {
    const found = this.#weights.get(name);
    if (!(found?.data instanceof Float32Array)) {
      throw new InputError(
        `Cannot export the model: its weight "${name}" is ${
          found === undefined ? "missing" : "not of 32-bit floats"
        }`,
      );
    }
    return { shape: found.shape, data: found.data as Float32Array<ArrayBuffer> };
  }

  /**
   * Adds a constant.
   *
   * @param name Its name.
   * @param shape Sizes of its dimensions.
   * @param values Its values, or what makes them.
   * @param type The type to keep them in. Default: that of token vectors.
   * @returns Its name.
   * @throws {InputError} If a value is too large for 16 bits.
   */
  floats(
    name: string,
    shape: readonly number[],
    values: Float32Array<ArrayBuffer> | (() => Float32Array<ArrayBuffer>),
    type: ElementType = this.type,
  ): string {
    return this.graph.constant(name, shape, () => {
      const data = typeof values === "function" ? values() : values;
      return type === "f16" ? halves(name, data) : data;
    });
  }

  /**
   * Adds one number as a constant without dimensions.
   *
   * @param value The number.
   * @param type Its type. Default: that of token vectors.
   * @returns Its name.
   */
  number(value: number, type: ElementType = this.type): string {
    return this.floats(`${type}_${value}`, [], Float32Array.of(value), type);
  }

  /**
   * Looks rows up in a table of weights. With `int8`, each row is of 8-bit integers and a scale of its own.
   *
   * @param name The table's name, without ".weight"; [rows, columns].
   * @param ids Which rows.
   * @returns [shape of ids, columns].
   */
  lookUp(name: string, ids: string): string {
    const { graph } = this;
    const { shape, data } = this.weight(`${name}.weight`);
    if (this.precision !== "int8") {
      return graph.apply("Gather", [this.floats(name, shape, data), ids]);
    }
    const { values, scales } = quantizedRows(data, shape[0]);
    const whole = graph.apply("Gather", [graph.constant(name, shape, values), ids]);
    const scale = this.floats(`${name}.scale`, [shape[0], 1], scales);
    return graph.apply("Mul", [graph.cast(whole, "f32"), graph.apply("Gather", [scale, ids])]);
  }

  /**
   * Adds a linear layer: x weight^T + bias.
   *
   * @param x Vectors, [..., columns in].
   * @param names Names of its parts without ".weight" and ".bias", whose results lie side by side.
   * @param options Whether it keeps 32-bit floats, whatever the precision. Default: no.
   * @returns Vectors, [..., columns out].
   */
  linear(x: string, names: readonly string[], { exact = false } = {}): string {
    const { graph } = this;
    const parts = names.map((name) => this.weight(`${name}.weight`));
    const inner = parts[0].shape[1];
    const columns = parts.reduce((sum, { shape }) => sum + shape[0], 0);
    const name = names.join("+");
    const type = exact ? "f32" : this.type;
    const product = this.precision === "int8" && !exact
      ? this.#integerProduct(x, name, {
        inner,
        columns,
        rows: () => joined(parts.map(({ data }) => data)),
      })
      : graph.apply("MatMul", [
        x,
        this.floats(
          name,
          [inner, columns],
          () => transposed(joined(parts.map(({ data }) => data)), inner),
          type,
        ),
      ]);
    if (!this.has(`${names[0]}.bias`)) return product;
    const bias = () => joined(names.map((name) => this.weight(`${name}.bias`).data));
    return graph.apply("Add", [product, this.floats(`${name}.bias`, [columns], bias, type)]);
  }

  /** The same of 8-bit integers: arguments share a scale, each column of the result has its own. */
  #integerProduct(
    x: string,
    name: string,
    { inner, columns, rows }: { inner: number; columns: number; rows: () => Float32Array },
  ): string {
    const { graph } = this;
    let rounded = this.#rounded.get(x);
    if (rounded === undefined) {
      this.#rounded.set(x, rounded = graph.applyMany("DynamicQuantizeLinear", [x], { count: 3 }));
    }
    const [values, scale, zero] = rounded;
    const weight = quantizedColumns(rows(), columns);
    const product = graph.apply("MatMulInteger", [
      values,
      graph.constant(name, [inner, columns], weight.values),
      zero,
      graph.constant("weight_zero", [], Uint8Array.of(weight.zero)),
    ]);
    const scales = this.floats(`${name}.scale`, [columns], weight.scales);
    return graph.apply("Mul", [
      graph.cast(product, "f32"),
      graph.apply("Mul", [scale, scales]),
    ]);
  }

  /**
   * Adds a layer norm over columns.
   *
   * @param x Vectors.
   * @param name Its name without ".weight".
   * @param options What is added to variances, and whether it keeps 32-bit floats. Default: no.
   * @returns Vectors of the same shape.
   */
  layerNorm(
    x: string,
    name: string,
    { epsilon, exact = false }: { epsilon: number; exact?: boolean },
  ): string {
    const vector = (name: string) => {
      const { shape, data } = this.weight(name);
      return this.floats(name, shape, data, exact ? "f32" : this.type);
    };
    const bias = this.has(`${name}.bias`) ? [vector(`${name}.bias`)] : [];
    return this.graph.apply("LayerNormalization", [x, vector(`${name}.weight`), ...bias], {
      axis: { int: -1 },
      epsilon: { float: epsilon },
    });
  }

  /**
   * Adds an activation. Source: Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016, for both forms
   * of that one.
   *
   * @param x Any tensor.
   * @param activation Which.
   * @param type The type of x. Default: that of token vectors.
   * @returns A tensor of the same shape.
   */
  activate(x: string, activation: GraphActivation, type: ElementType = this.type): string {
    const { graph } = this;
    const times = (left: string, right: number) =>
      graph.apply("Mul", [left, this.number(right, type)]);
    const plus = (left: string, right: number) =>
      graph.apply("Add", [left, this.number(right, type)]);
    switch (activation) {
      case "identity":
        return x;
      case "relu":
        return graph.apply("Relu", [x]);
      case "tanh":
        return graph.apply("Tanh", [x]);
      case "sigmoid":
        return graph.apply("Sigmoid", [x]);
      case "silu":
        return graph.apply("Mul", [x, graph.apply("Sigmoid", [x])]);
      case "gelu": {
        const error = graph.apply("Erf", [times(x, Math.SQRT1_2)]);
        return times(graph.apply("Mul", [x, plus(error, 1)]), 0.5);
      }
      case "gelu_tanh": {
        const cube = graph.apply("Mul", [graph.apply("Mul", [x, x]), x]);
        const sum = graph.apply("Add", [x, times(cube, 0.044715)]);
        const squashed = graph.apply("Tanh", [times(sum, Math.sqrt(2 / Math.PI))]);
        return times(graph.apply("Mul", [x, plus(squashed, 1)]), 0.5);
      }
    }
  }
}

function halves(name: string, data: Float32Array): Float16Array<ArrayBuffer> {
  const large = data.find((value) => Math.abs(value) > LARGEST_F16);
  if (large === undefined) return Float16Array.from(data);
  throw new InputError(
    `Cannot export "${name}" with f16: it holds ${large}, wanted at most ${LARGEST_F16}; export f32 or int8`,
  );
}

function joined(parts: readonly Float32Array<ArrayBuffer>[]): Float32Array<ArrayBuffer> {
  if (parts.length === 1) return parts[0];
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** [columns, inner] to [inner, columns]. */
function transposed(data: Float32Array, inner: number): Float32Array<ArrayBuffer> {
  const columns = data.length / inner;
  const result = new Float32Array(data.length);
  for (let column = 0; column < columns; column++) {
    for (let i = 0; i < inner; i++) result[i * columns + column] = data[column * inner + i];
  }
  return result;
}

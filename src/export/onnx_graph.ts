/**
 * A graph of ONNX operators, and the file that holds it.
 *
 * The file is written by hand: five kinds of messages with some twenty fields are all that a graph needs,
 * and a package for Protocol Buffers would want ONNX's schema besides. Source: onnx.proto of ONNX 1.12,
 * whose operator set is 17.
 *
 * @module
 */
import { VERSION } from "../version.ts";
import { ProtobufWriter } from "./protobuf_writer.ts";

/** LayerNormalization came with 17. */
const OPERATOR_SET = 17;

/** What belongs to that operator set. */
const IR_VERSION = 8;

/** Numbers of the element types. */
const TYPES = { f32: 1, u8: 2, i8: 3, i64: 7, bool: 9, f16: 10 } as const;

/** The type of a tensor's elements. */
export type ElementType = keyof typeof TYPES;

/** The arrays that a constant can be. */
export type ConstantArray =
  | Float32Array<ArrayBuffer>
  | Float16Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | Int8Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>;

/** An attribute of an operator. */
export type Attribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly ints: readonly number[] };

/** Attributes by name. */
export type Attributes = Readonly<Record<string, Attribute>>;

/** A tensor that goes in or comes out: sizes, or names of sizes that are known when it runs. */
export interface Port {
  /** Its name. */
  readonly name: string;
  /** The type of its elements. */
  readonly type: ElementType;
  /** Its shape; undefined where even the number of dimensions is open. */
  readonly shape?: readonly (number | string)[];
}

/** A graph that is being built. A tensor is spoken of by its name. */
export class OnnxGraph {
  readonly #nodes: ProtobufWriter[] = [];
  readonly #constants = new Map<string, ProtobufWriter>();
  readonly #inputs: Port[] = [];
  readonly #outputs: Port[] = [];
  #count = 0;

  /**
   * Adds an input.
   *
   * @param port What goes in.
   * @returns Its name.
   */
  input(port: Port): string {
    this.#inputs.push(port);
    return port.name;
  }

  /**
   * Makes a tensor an output under a name of its own.
   *
   * @param port What comes out.
   * @param from The tensor; of floating-point numbers, which are converted where the type is another.
   */
  output(port: Port, from: string): void {
    this.#outputs.push(port);
    const to = { to: { int: TYPES[port.type] } };
    this.#node("Cast", [from], { outputs: [port.name], attributes: to });
  }

  /**
   * Adds a constant, once a name.
   *
   * @param name Its name.
   * @param shape Sizes of its dimensions; none for a scalar.
   * @param values As many as the shape holds, or what makes them; not to be changed afterwards.
   * @returns Its name.
   * @throws {RangeError} If there are not as many.
   */
  constant(
    name: string,
    shape: readonly number[],
    values: ConstantArray | (() => ConstantArray),
  ): string {
    if (this.#constants.has(name)) return name;
    const data = typeof values === "function" ? values() : values;
    if (shape.reduce((product, size) => product * size, 1) !== data.length) {
      throw new RangeError(
        `Cannot add the constant "${name}": its shape [${
          shape.join(", ")
        }] does not hold ${data.length} values`,
      );
    }
    const tensor = new ProtobufWriter();
    tensor.integers(1, shape);
    tensor.integer(2, TYPES[typeOf(data)]);
    tensor.text(8, name);
    tensor.bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    this.#constants.set(name, tensor);
    return name;
  }

  /**
   * Adds a list of integers as a constant: axes, shapes and the like.
   *
   * @param values The integers.
   * @returns Its name.
   */
  integers(...values: number[]): string {
    const data = () => BigInt64Array.from(values.map(BigInt));
    return this.constant(`integers_${values.join("_")}`, [values.length], data);
  }

  /**
   * Adds one integer as a constant without dimensions.
   *
   * @param value The integer.
   * @returns Its name.
   */
  integer(value: number): string {
    return this.constant(`integer_${value}`, [], () => BigInt64Array.of(BigInt(value)));
  }

  /**
   * Adds an operator with one result.
   *
   * @param operator Its name in ONNX.
   * @param inputs The tensors that it takes; "" for an optional one that is left out.
   * @param attributes Its attributes.
   * @returns The name of its result.
   */
  apply(operator: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.applyMany(operator, inputs, { count: 1, attributes })[0];
  }

  /**
   * Adds an operator with several results.
   *
   * @param operator Its name in ONNX.
   * @param inputs The tensors that it takes.
   * @param options How many results it has, and its attributes.
   * @returns The names of its results.
   */
  applyMany(
    operator: string,
    inputs: readonly string[],
    { count, attributes = {} }: { count: number; attributes?: Attributes },
  ): string[] {
    const name = `${operator}_${this.#count}`;
    const outputs = Array.from({ length: count }, (_, i) => i === 0 ? name : `${name}_${i}`);
    this.#node(operator, inputs, { outputs, attributes });
    return outputs;
  }

  /**
   * Converts a tensor.
   *
   * @param x The tensor.
   * @param type The type of elements that is wanted.
   * @returns The name of the result.
   */
  cast(x: string, type: ElementType): string {
    return this.apply("Cast", [x], { to: { int: TYPES[type] } });
  }

  /**
   * Puts the file together.
   *
   * @param name The graph's name.
   * @returns An ONNX `ModelProto`, not yet encoded: {@linkcode ProtobufWriter.finish} does that.
   */
  toModel(name: string): ProtobufWriter {
    const graph = new ProtobufWriter();
    for (const node of this.#nodes) graph.message(1, node);
    graph.text(2, name);
    for (const constant of this.#constants.values()) graph.message(5, constant);
    for (const port of this.#inputs) graph.message(11, valueInfo(port));
    for (const port of this.#outputs) graph.message(12, valueInfo(port));

    const operators = new ProtobufWriter();
    operators.text(1, "");
    operators.integer(2, OPERATOR_SET);
    const model = new ProtobufWriter();
    model.integer(1, IR_VERSION);
    model.text(2, "sentrain");
    model.text(3, VERSION);
    model.message(7, graph);
    model.message(8, operators);
    return model;
  }

  #node(
    operator: string,
    inputs: readonly string[],
    { outputs, attributes }: { outputs: readonly string[]; attributes: Attributes },
  ): void {
    const node = new ProtobufWriter();
    for (const input of inputs) node.text(1, input);
    for (const output of outputs) node.text(2, output);
    node.text(3, `${operator}_${this.#count++}`);
    node.text(4, operator);
    for (const [name, value] of Object.entries(attributes)) {
      node.message(5, attributeProto(name, value));
    }
    this.#nodes.push(node);
  }
}

function attributeProto(name: string, value: Attribute): ProtobufWriter {
  const attribute = new ProtobufWriter();
  attribute.text(1, name);
  if ("float" in value) {
    attribute.float(2, value.float);
    attribute.integer(20, 1);
  } else if ("int" in value) {
    attribute.integer(3, value.int);
    attribute.integer(20, 2);
  } else {
    attribute.integers(8, value.ints);
    attribute.integer(20, 7);
  }
  return attribute;
}

function valueInfo({ name, type, shape }: Port): ProtobufWriter {
  const tensor = new ProtobufWriter();
  tensor.integer(1, TYPES[type]);
  if (shape !== undefined) {
    const dimensions = new ProtobufWriter();
    for (const size of shape) {
      const dimension = new ProtobufWriter();
      if (typeof size === "number") dimension.integer(1, size);
      else dimension.text(2, size);
      dimensions.message(1, dimension);
    }
    tensor.message(2, dimensions);
  }
  const holder = new ProtobufWriter();
  holder.message(1, tensor);
  const info = new ProtobufWriter();
  info.text(1, name);
  info.message(2, holder);
  return info;
}

function typeOf(data: ConstantArray): ElementType {
  if (data instanceof Float32Array) return "f32";
  if (data instanceof Float16Array) return "f16";
  if (data instanceof Uint8Array) return "u8";
  return data instanceof Int8Array ? "i8" : "i64";
}

/**
 * Finds a model's parameters in its files of weights, under the names that checkpoints have had.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import type { ParameterInit, ParameterPart } from "../gpu/parameter_slab.ts";
import type { ModelWeights } from "../io/read_model_weights.ts";
import type { NamedArray, SafetensorsFile } from "../io/safetensors.ts";

/** The parameters of a model. */
export class WeightReader {
  readonly #weights: ModelWeights;
  readonly #file: SafetensorsFile;
  readonly #prefix: string;

  /**
   * Looks whether the names of the first module carry a prefix, and checks the parameters that are to be
   * read, before there is room for them.
   *
   * @param weights The files.
   * @param prefix What precedes the names in checkpoints with a task's head, as "bert.".
   * @param parameters What is to be read, where that is known. Default: nothing.
   * @throws {RangeError} If there is no file of the first module.
   * @throws {InputError} If a parameter is missing or has another shape.
   */
  constructor(
    weights: ModelWeights,
    prefix: string,
    parameters: readonly { readonly init: Pick<ParameterInit, "parts"> }[] = [],
  ) {
    const file = weights.get("");
    if (file === undefined) throw new RangeError("Cannot read weights: there are none");
    this.#weights = weights;
    this.#file = file;
    const prefixed = [...file.entries.keys()].some((name) =>
      name.startsWith(`${prefix}embeddings.`)
    );
    this.#prefix = prefixed ? prefix : "";
    for (const part of parameters.flatMap(({ init }) => init.parts)) {
      if (this.has(part)) this.#checked(part);
    }
  }

  /**
   * Tells whether the module of a parameter has a file.
   *
   * @param part Its name.
   * @returns Whether {@linkcode read} may be called.
   */
  has({ name }: Pick<ParameterPart, "name">): boolean {
    return this.#weights.has(directoryOf(name));
  }

  /**
   * Reads one parameter.
   *
   * @param part Its name and shape; a name with a slash is that of a module with a file of its own.
   * @returns Its values.
   * @throws {InputError} If it is missing or has another shape.
   * @throws {RangeError} If the module has no file.
   */
  read(part: ParameterPart): Float32Array<ArrayBuffer> {
    const { file, found } = this.#checked(part);
    return file.readFloat32(found);
  }

  /** As {@linkcode read}, in pieces that follow one another, for weights that need not stay in memory. */
  pieces(part: ParameterPart): Iterable<Float32Array<ArrayBuffer>> {
    const { file, found } = this.#checked(part);
    return file.pieces(found);
  }

  #checked({ name, shape }: ParameterPart): { file: SafetensorsFile; found: string } {
    const directory = directoryOf(name);
    const file = this.#weights.get(directory);
    if (file === undefined) {
      throw new RangeError(`Cannot read "${name}": there is no file of ${directory}`);
    }
    const found = directory === "" ? this.#find(this.#prefix + name) : name.slice(directory.length);
    const entry = file.entry(found);
    if (entry.shape.length !== shape.length || entry.shape.some((n, i) => n !== shape[i])) {
      throw new InputError(
        `Cannot read tensor "${found}" of ${file.source}: its shape is [${
          entry.shape.join(", ")
        }], config.json asks for [${shape.join(", ")}]`,
      );
    }
    return { file, found };
  }

  /**
   * Tensors that the encoder does not use and a saved model keeps: the pooler, which transformers
   * wants to find.
   *
   * @returns Them by name, without prefix.
   */
  pooler(): Map<string, NamedArray> {
    const kept = new Map<string, NamedArray>();
    for (const name of ["pooler.dense.weight", "pooler.dense.bias"]) {
      const found = this.#file.entries.get(this.#prefix + name);
      if (found !== undefined) {
        kept.set(name, {
          shape: found.shape,
          // A copy, for a model keeps it and would keep the whole file with it.
          data: this.#file.readFloat32(this.#prefix + name).slice(),
        });
      }
    }
    return kept;
  }

  /**
   * Checkpoints converted from TensorFlow call the weights of layer norms gamma and beta; model2vec calls
   * its table the embeddings.
   */
  #find(name: string): string {
    const older = name.replace(/LayerNorm\.weight$/, "LayerNorm.gamma")
      .replace(/LayerNorm\.bias$/, "LayerNorm.beta")
      .replace(/^embedding\.weight$/, "embeddings");
    return !this.#file.entries.has(name) && this.#file.entries.has(older) ? older : name;
  }
}

/** What precedes the name of a parameter in its file: "" or a directory with a slash. */
function directoryOf(name: string): string {
  return name.slice(0, name.lastIndexOf("/") + 1);
}

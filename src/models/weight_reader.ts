/**
 * Finds a model's parameters in a file of weights, under the names that checkpoints have had.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import type { ParameterPart } from "../gpu/parameter_slab.ts";
import type { NamedArray, SafetensorsFile } from "../io/safetensors.ts";

/** The parameters of one file. */
export class WeightReader {
  readonly #file: SafetensorsFile;
  readonly #prefix: string;

  /**
   * Looks whether the names carry a prefix.
   *
   * @param file The weights.
   * @param prefix What precedes the names in checkpoints with a task's head, as "bert.".
   */
  constructor(file: SafetensorsFile, prefix: string) {
    this.#file = file;
    const prefixed = [...file.entries.keys()].some((name) =>
      name.startsWith(`${prefix}embeddings.`)
    );
    this.#prefix = prefixed ? prefix : "";
  }

  /**
   * Reads one parameter.
   *
   * @param part Its name and shape.
   * @returns Its values.
   * @throws {InputError} If it is missing or has another shape.
   */
  read({ name, shape }: ParameterPart): Float32Array<ArrayBuffer> {
    const found = this.#find(this.#prefix + name);
    const entry = this.#file.entry(found);
    if (entry.shape.length !== shape.length || entry.shape.some((n, i) => n !== shape[i])) {
      throw new InputError(
        `Cannot read tensor "${found}" of ${this.#file.source}: its shape is [${
          entry.shape.join(", ")
        }], config.json asks for [${shape.join(", ")}]`,
      );
    }
    return this.#file.readFloat32(found);
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

  /** Checkpoints converted from TensorFlow call the weights of layer norms gamma and beta. */
  #find(name: string): string {
    const older = name.replace(/LayerNorm\.weight$/, "LayerNorm.gamma")
      .replace(/LayerNorm\.bias$/, "LayerNorm.beta");
    return !this.#file.entries.has(name) && this.#file.entries.has(older) ? older : name;
  }
}

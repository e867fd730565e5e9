/**
 * The parameters that losses have of their own: trained, saved and restored beside the model's.
 *
 * @module
 */
import { join } from "@std/path";
import { InputError } from "../errors.ts";
import { ParameterStore } from "../gpu/parameter_slab.ts";
import { host } from "../host/host.ts";
import { decodeSafetensors, encodeSafetensors, type NamedArray } from "../io/safetensors.ts";
import type { Loss } from "../losses/loss.ts";
import { Decoder } from "../models/decoder.ts";
import type { SentenceTransformer } from "../models/sentence_transformer.ts";

/** The file of a checkpoint, and of a saved model, that holds them. */
const FILE = "loss.safetensors";

/** The parameters of all losses of a run. */
export class LossStores {
  /** One store for each loss that has any, those of decoders, and that of the twin. */
  readonly stores: readonly ParameterStore[];
  /** The copy of the model that is trained beside it, where a loss wants one. */
  readonly twin: SentenceTransformer | undefined;
  /** What reads texts out of embeddings, for each loss that wants it. */
  readonly decoders: ReadonlyMap<Loss, Decoder>;

  /**
   * Gives them their places and initial values.
   *
   * @param model Whose embeddings the losses get, and whose device they use.
   * @param losses The losses of the run; one that comes twice has one set of parameters.
   * @param seed Seed of initial values.
   * @throws {UsageError} If a loss wants a decoder that the model cannot be.
   */
  constructor(model: SentenceTransformer, losses: readonly Loss[], seed: number) {
    const own = [...new Set(losses)].flatMap((loss) => {
      if (loss.declare === undefined) return [];
      const store = new ParameterStore(model.gpu);
      loss.declare(store, { dimension: model.fullDimension, seed });
      if (store.parameters.length === 0) return [];
      store.allocate(() => null, true);
      return [store];
    });
    this.decoders = new Map(
      losses.flatMap((loss, i) => {
        const { reconstruction } = loss.wants ?? {};
        if (reconstruction === undefined || losses.indexOf(loss) < i) return [];
        return [[loss, new Decoder(model, { ...reconstruction, seed })] as const];
      }),
    );
    own.push(...[...this.decoders.values()].flatMap(({ stores }) => stores));
    this.twin = losses.some(({ wants }) => wants?.twin) ? model.clone("twin.") : undefined;
    this.stores = this.twin === undefined ? own : [...own, this.twin.store];
  }

  /**
   * Writes the parameters into a directory, where there are any.
   *
   * @param directory An existing directory.
   */
  async write(directory: string): Promise<void> {
    if (this.stores.length === 0) return;
    const tensors = new Map<string, NamedArray>();
    for (const [i, store] of this.stores.entries()) {
      for (const [name, value] of await store.download()) tensors.set(this.#key(i, name), value);
    }
    await host().files.writeFile(join(directory, FILE), encodeSafetensors(tensors));
  }

  /**
   * Reads the parameters back, where there are any.
   *
   * @param directory A checkpoint.
   * @throws {InputError} If the file is missing, damaged, or belongs to other losses.
   */
  async restore(directory: string): Promise<void> {
    if (this.stores.length === 0) return;
    const path = join(directory, FILE);
    let bytes: Uint8Array;
    try {
      bytes = await host().files.readFile(path);
    } catch (cause) {
      const reason = (cause as Error).message;
      throw new InputError(`Cannot read the parameters of the loss: ${reason}`, { cause });
    }
    const file = decodeSafetensors(bytes, path);
    this.stores.forEach((store, i) =>
      store.upload(({ name, shape }) => {
        const key = this.#key(i, name);
        const found = file.entry(key).shape;
        if (found.join() === shape.join()) return file.readFloat32(key);
        throw new InputError(
          `Cannot read tensor "${key}" of ${path}: its shape is [${found}], the loss wants [${shape}]`,
        );
      })
    );
  }

  /** Frees them. */
  destroy(): void {
    for (const store of this.stores) store.destroy();
  }

  #key(index: number, name: string): string {
    return this.stores.length === 1 ? name : `${index}.${name}`;
  }
}

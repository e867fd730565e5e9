/**
 * A table of token vectors whose mean is a text's embedding.
 *
 * @module
 */
import { z } from "zod";
import type { PackedBatch } from "../data/collator.ts";
import type { Parameter, ParameterStore } from "../gpu/parameter_slab.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { checkJson, type JsonObject } from "../io/json.ts";
import { embeddingBag } from "../ops/embedding_bag.ts";
import type { Tape } from "../ops/tape.ts";
import { normal } from "./initialize.ts";

const SCHEMA = z.object({
  vocab_size: z.int().min(1),
  hidden_size: z.int().min(4).multipleOf(4),
});

/**
 * The first module of a model without a transformer.
 *
 * Initial values are those of `torch.nn.EmbeddingBag`: normal, of deviation 1. Source:
 * `sentence_transformers.models.StaticEmbedding`.
 */
export class StaticEmbedding {
  /** What precedes the names of parameters in other checkpoints: nothing. */
  readonly prefix = "";
  /** Columns of an embedding, C. */
  readonly width: number;
  /** The longest text, in tokens: as many as a count of 32 bits holds. */
  readonly maxPositions: number = 2 ** 31 - 1;
  /** Entries of the table, V. */
  readonly vocabularySize: number;
  readonly #table: Parameter;

  /**
   * Declares the table.
   *
   * @param store Where it lives.
   * @param config `vocab_size` and `hidden_size`, a multiple of 4.
   * @param seed Seed of initial values.
   * @param source Name of the configuration, for messages.
   * @throws {InputError} If the configuration has no sense.
   */
  constructor(store: ParameterStore, config: JsonObject, seed: number, source = "config.json") {
    const { vocab_size, hidden_size } = checkJson(SCHEMA, config, source);
    const shape = [vocab_size, hidden_size];
    this.width = hidden_size;
    this.vocabularySize = vocab_size;
    this.#table = store.declare({
      parts: [{ name: "embedding.weight", shape }],
      shape,
      decay: true,
      initialize: normal(1, seed),
    });
  }

  /** Embeds a batch: S sequences, empty ones included, to [S, C]. */
  forward(tape: Tape, { ids, sequenceStarts }: PackedBatch): Tensor {
    return embeddingBag(tape, { table: this.#table.value, ids, sequenceStarts });
  }
}

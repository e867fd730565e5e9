/**
 * The arguments about chance.
 *
 * @module
 */
import { z } from "zod";
import { effect, type Field, field } from "../field.ts";

/** Generators take a seed of 32 bits, upstream as here. */
const seed = z.int().min(0).max(2 ** 32 - 1);

/** The records, by upstream name. */
export const randomnessFields = {
  seed: field({
    schema: seed,
    default: 42,
    doc: "What dropout, new parameters and the order of the data follow from.",
    support: effect,
  }) as Field<number>,
  data_seed: field({
    schema: seed.nullable(),
    default: null,
    doc: "What the order of the data follows from; null means seed.",
    support: effect,
  }) as Field<number | null>,
  full_determinism: field({
    schema: z.boolean(),
    default: false,
    doc: "Whether the first batch is computed twice before training, and a difference in the " +
      "gradients stops the run. Without it too runs are reproducible, bit for bit.",
    support: effect,
  }) as Field<boolean>,
};

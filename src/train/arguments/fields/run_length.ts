/**
 * The arguments about what a run does and how long it is.
 *
 * @module
 */
import { z } from "zod";
import { effect, type Field, field, type Inert } from "../field.ts";

const flag: Inert = { kind: "inert", note: "the trainer does what its methods are called for" };

/** The records, by upstream name. */
export const runLengthFields = {
  do_train: field({
    schema: z.boolean(),
    default: false,
    doc: "Whether to train: a flag for scripts to read.",
    support: flag,
  }) as Field<boolean>,
  do_eval: field({
    schema: z.boolean(),
    default: false,
    doc:
      "Whether to evaluate: a flag for scripts to read; set where evaluation_strategy is not no.",
    support: flag,
  }) as Field<boolean>,
  do_predict: field({
    schema: z.boolean(),
    default: false,
    doc: "Whether to run on the test set: a flag for scripts to read.",
    support: flag,
  }) as Field<boolean>,
  num_train_epochs: field({
    schema: z.number().min(0),
    default: 3,
    unit: "epochs",
    doc: "Passes over the training data; 2.5 stops in the middle of the third.",
    support: effect,
  }) as Field<number>,
  max_steps: field({
    schema: z.int(),
    default: -1,
    unit: "optimizer steps",
    doc:
      "Length of the run where above 0, in place of num_train_epochs; as many epochs as it takes.",
    support: effect,
  }) as Field<number>,
};

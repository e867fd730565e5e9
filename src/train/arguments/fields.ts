/**
 * All training arguments: their records, in groups and by name, and the types that follow.
 *
 * @module
 */
import type { ArgumentValues } from "./argument_values.ts";
import type { CamelCase } from "./camel_case.ts";
import type { Field } from "./field.ts";
import { batchesFields } from "./fields/batches.ts";
import { distributedFields } from "./fields/distributed.ts";
import { evaluationFields } from "./fields/evaluation.ts";
import { hubFields } from "./fields/hub.ts";
import { laterFields } from "./fields/later.ts";
import { loggingFields } from "./fields/logging.ts";
import { optimizerFields } from "./fields/optimizer.ts";
import { outputFields } from "./fields/output.ts";
import { platformFields } from "./fields/platform.ts";
import { precisionFields } from "./fields/precision.ts";
import { randomnessFields } from "./fields/randomness.ts";
import { runLengthFields } from "./fields/run_length.ts";
import { scheduleFields } from "./fields/schedule.ts";

/** The records by upstream name, each with its own type. */
export type ArgumentFields =
  & typeof outputFields
  & typeof runLengthFields
  & typeof batchesFields
  & typeof optimizerFields
  & typeof scheduleFields
  & typeof evaluationFields
  & typeof loggingFields
  & typeof randomnessFields
  & typeof precisionFields
  & typeof platformFields
  & typeof hubFields
  & typeof distributedFields
  & typeof laterFields;

/** The upstream name of an argument. */
export type ArgumentName = keyof ArgumentFields;

/** The type of an argument's value. */
export type ArgumentValue<Name extends ArgumentName> = ArgumentValues[CamelCase<Name>];

/** Arguments that belong together in help texts. */
export interface ArgumentGroup {
  /** The heading. */
  readonly title: string;
  /** The records by upstream name. */
  readonly fields: Readonly<Record<string, Field<unknown>>>;
}

/** All arguments in the order of help texts; the last group holds those beyond the 120 of upstream. */
export const argumentGroups: readonly ArgumentGroup[] = [
  { title: "Output and checkpoints", fields: outputFields },
  { title: "Run length", fields: runLengthFields },
  { title: "Batches", fields: batchesFields },
  { title: "Optimizer", fields: optimizerFields },
  { title: "Schedule", fields: scheduleFields },
  { title: "Evaluation", fields: evaluationFields },
  { title: "Logging", fields: loggingFields },
  { title: "Randomness", fields: randomnessFields },
  { title: "Precision and memory", fields: precisionFields },
  { title: "Platform", fields: platformFields },
  { title: "Hub", fields: hubFields },
  { title: "Several processes", fields: distributedFields },
  { title: "Later arguments", fields: laterFields },
];

/** The record of each argument. */
export const argumentFields: ReadonlyMap<ArgumentName, Field<unknown>> = new Map(
  argumentGroups.flatMap(({ fields }) =>
    Object.entries(fields) as [ArgumentName, Field<unknown>][]
  ),
);

/** The names of all arguments. */
export const argumentNames: readonly ArgumentName[] = [...argumentFields.keys()];

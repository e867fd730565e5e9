/**
 * Arguments that later versions upstream added to those of the 120.
 *
 * @module
 */
import { z } from "zod";
import { effect, type Field, field } from "../field.ts";

/** A prompt for all, or by column, by data set, or by data set and column. */
export type Prompts = string | Record<string, string | Record<string, string>>;

/** The first key that is no regular expression, and why. */
function checkPatterns(rates: Record<string, number>): string | null {
  for (const pattern of Object.keys(rates)) {
    try {
      new RegExp(pattern);
    } catch (error) {
      return `${JSON.stringify(pattern)} is no regular expression ` +
        `(${
          (error as SyntaxError).message
        }); wanted patterns that parameter names are searched for`;
    }
  }
  return null;
}

/** The records, by upstream name. */
export const laterFields = {
  prompts: field({
    schema: z.union([
      z.string(),
      z.record(z.string(), z.union([z.string(), z.record(z.string(), z.string())])),
    ]).nullable(),
    default: null,
    doc: "Text that goes before each text of training and evaluation: one for all, or by column, " +
      "by data set, or by data set and column.",
    support: effect,
  }) as Field<Prompts | null>,
  learning_rate_mapping: field({
    schema: z.record(z.string(), z.number().min(0)),
    default: {},
    doc: "Learning rates of parameters in whose name a regular expression is found, in place of " +
      "learning_rate.",
    support: effect,
    check: checkPatterns,
  }) as Field<Record<string, number>>,
};

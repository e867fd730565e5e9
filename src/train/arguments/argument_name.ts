/**
 * The spellings of an argument's name: `num_train_epochs`, `num-train-epochs`, `numTrainEpochs`.
 *
 * @module
 */
import { nearest } from "../../nearest.ts";
import { camelCase } from "./camel_case.ts";
import { argumentFields, type ArgumentName, argumentNames } from "./fields.ts";
import { snakeCase } from "./snake_case.ts";

/** Names that later versions upstream gave to the same arguments. */
export const LATER_NAMES: ReadonlyMap<string, ArgumentName> = new Map([
  ["eval_strategy", "evaluation_strategy"],
]);

/**
 * Finds an argument.
 *
 * @param spelling its name in snake_case, kebab-case or camelCase; `eval_strategy` as well
 * @returns the upstream name, or `null` where there is no such argument
 */
export function argumentNameOf(spelling: string): ArgumentName | null {
  const name = snakeCase(spelling);
  if (argumentFields.has(name as ArgumentName)) return name as ArgumentName;
  return LATER_NAMES.get(name) ?? null;
}

/**
 * Finds the argument that was most likely meant.
 *
 * @param spelling a name that no argument has, in snake_case or camelCase
 * @returns the nearest name, in the case that is nearer, or `null` where none is near
 */
export function nearestArgumentName(spelling: string): string | null {
  return nearest(spelling, [...argumentNames, ...argumentNames.map(camelCase)]);
}

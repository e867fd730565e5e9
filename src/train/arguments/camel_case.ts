/**
 * The one rule that turns upstream names into property names.
 *
 * @module
 */

/** `num_train_epochs` as `numTrainEpochs`, `adam_beta1` as `adamBeta1`. */
export type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

/**
 * Drops each underscore and raises the letter after it.
 *
 * @param name a name in snake_case
 * @returns the name in camelCase
 */
export function camelCase<Name extends string>(name: Name): CamelCase<Name> {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()) as CamelCase<Name>;
}

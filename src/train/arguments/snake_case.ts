/**
 * The rule that turns any spelling of a name into that of upstream.
 *
 * @module
 */

/**
 * Turns `num-train-epochs` and `numTrainEpochs` into `num_train_epochs`.
 *
 * @param spelling a name in snake_case, kebab-case or camelCase
 * @returns the name in snake_case
 */
export function snakeCase(spelling: string): string {
  return spelling.replaceAll("-", "_")
    .replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

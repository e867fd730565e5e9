/**
 * The check of distances in steps.
 *
 * @module
 */

/**
 * Makes the check of a distance of which values below 1 are shares of all steps.
 *
 * Source: the sentence is that of `TrainingArguments.__post_init__` of transformers.
 *
 * @param name the upstream name of the argument
 * @returns says what is wrong with a number of steps, or null
 */
export function wholeSteps(name: string): (steps: number | null) => string | null {
  return (steps) =>
    steps === null || steps <= 1 || Number.isInteger(steps)
      ? null
      : `--${name} must be an integer if bigger than 1: ${steps}; give a whole number of steps, or ` +
        "a share of all steps below 1";
}

/**
 * Variables of the environment.
 *
 * @module
 */

/**
 * Reads a variable of the environment. One that Deno may not read is as if it were not set, and nobody
 * is asked to permit it.
 *
 * @param name Its name.
 * @returns Its value; undefined where it is not set, or not permitted.
 */
export function environmentVariable(name: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable: name });
  return state === "granted" ? Deno.env.get(name) : undefined;
}

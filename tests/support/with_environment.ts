/**
 * Runs work with other environment variables, and puts them back.
 *
 * @param values The variables; undefined for one that is not set.
 * @param work What to run.
 */
export async function withEnvironment(
  values: Readonly<Record<string, string | undefined>>,
  work: () => void | Promise<void>,
): Promise<void> {
  const before = Object.keys(values).map((name) => [name, Deno.env.get(name)] as const);
  const set = (name: string, value: string | undefined) =>
    value === undefined ? Deno.env.delete(name) : Deno.env.set(name, value);
  for (const [name, value] of Object.entries(values)) set(name, value);
  try {
    await work();
  } finally {
    for (const [name, value] of before) set(name, value);
  }
}

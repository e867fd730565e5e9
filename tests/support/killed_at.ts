/** A process that is killed in the middle of its work on files. */

/** What changes files; each may be the last thing that a process does. */
const CHANGES = ["mkdir", "remove", "rename", "writeFile", "writeTextFile"] as const;

/**
 * Does some work, and stops it for good at one of its changes to files: it is done half where there are
 * halves, and nothing after it is done, cleaning up neither.
 *
 * @param change Which change, from 1.
 * @param work The work; it calls `Deno`'s asynchronous functions.
 * @returns Whether it was stopped; false where it has fewer changes, and is done.
 */
export async function killedAt(change: number, work: () => Promise<unknown>): Promise<boolean> {
  const originals = Object.fromEntries(CHANGES.map((name) => [name, Deno[name]]));
  let count = 0;
  const killed = new Promise<boolean>((resolve) => {
    const wrapped = CHANGES.map((name) => [
      name,
      async (...args: unknown[]) => {
        if (++count < change) {
          return await (originals[name] as (...args: unknown[]) => unknown)(...args);
        }
        if (count === change) {
          half(name, String(args[0]));
          resolve(true);
        }
        return await new Promise(() => {});
      },
    ]);
    Object.assign(Deno, Object.fromEntries(wrapped));
  });
  try {
    return await Promise.race([killed, work().then(() => false)]);
  } finally {
    Object.assign(Deno, originals);
  }
}

/** A removal may have taken some files, and a file may be there without what it is to hold. */
function half(name: typeof CHANGES[number], path: string): void {
  if (name.startsWith("write")) Deno.writeTextFileSync(path, "");
  if (name !== "remove" || !Deno.lstatSync(path).isDirectory) return;
  const first = [...Deno.readDirSync(path)].map(({ name }) => name).sort().at(0);
  if (first !== undefined) Deno.removeSync(`${path}/${first}`, { recursive: true });
}

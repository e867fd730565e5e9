/**
 * What Deno was not permitted to do.
 *
 * @module
 */

const VERBS: Readonly<Record<string, string>> = {
  read: "to read ",
  write: "to write ",
  net: "to reach ",
  env: "to read the variable ",
  sys: "to ask the system for ",
  run: "to run ",
  ffi: "to load ",
  import: "to import ",
  all: "to open ",
};

const TEMPORARY =
  "the permission for temporary files is missing; add their folder, that of TMPDIR or else /tmp, " +
  "to --allow-read and --allow-write";

/**
 * Says which permission of Deno is missing, and the flag that gives it.
 *
 * @param error What was thrown; its causes are looked at too.
 * @param named Gives what to name in the place of what was asked for. Default: the same.
 * @returns Such as `the permission to read a.csv is missing; add --allow-read=a.csv`; null where no
 *   permission is missing.
 */
export function missingPermission(
  error: unknown,
  named: (what: string) => string = (what) => what,
): string | null {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at.name !== "NotCapable") continue; // From a worker it comes without its class.
    if (at.message.includes("<TMP>")) return TEMPORARY;
    const [, kind, asked] = /^Requires (\w+) access(?: to "(.*?)")?,/s.exec(at.message) ?? [];
    if (kind === undefined || !Object.hasOwn(VERBS, kind)) {
      return `a permission is missing (${at.message}); add it, or -A for all`;
    }
    const what = asked === undefined ? undefined : named(asked);
    const flag = kind === "all" ? "-A" : `--allow-${kind}${what === undefined ? "" : `=${what}`}`;
    return `the permission ${VERBS[kind]}${what ?? "what is asked for"} is missing; add ${flag}`;
  }
  return null;
}

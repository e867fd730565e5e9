/**
 * What this machine is called.
 *
 * @module
 */

/**
 * The name of the machine, as it may stand in a file's name.
 *
 * @returns letters, digits, dots, `_` and `-`; "localhost" where the name may not be asked for
 */
export function hostName(): string {
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "hostname" });
  const name = state === "granted" ? Deno.hostname().replace(/[^\w.-]/g, "_") : "";
  return name === "" ? "localhost" : name;
}

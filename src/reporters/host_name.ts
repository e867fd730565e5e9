/**
 * What this machine is called.
 *
 * @module
 */
import { host } from "../host/host.ts";

/**
 * The name of the machine, as it may stand in a file's name.
 *
 * @returns letters, digits, dots, `_` and `-`; "localhost" where the name may not be asked for
 */
export function hostName(): string {
  const name = host().process.hostName() ?? "";
  return name.replace(/[^\w.-]/g, "_") || "localhost";
}

/**
 * A host that has no disk: for a page, and for what shall leave nothing behind.
 *
 * @module
 */
import type { Host } from "./host.ts";
import type { HostProcess } from "./host_process.ts";
import { MemoryFiles } from "./memory_files.ts";
import { webByteFunctions } from "./web_byte_functions.ts";

/** The one process that there is, of which nothing is known. */
const alone: HostProcess = {
  os: "memory",
  pid: 1,
  get runtime() {
    return { name: "Runtime", version: navigator.userAgent };
  },
  hostName: () => null,
  memory: () => 0,
  variable: () => undefined,
  setDefault() {},
  isPermitted: () => true,
  isRunning: (pid) => pid === 1,
  notPermitted: (message) => Object.assign(new Error(message), { name: "NotCapable" }),
};

/** A host whose files can be looked at. */
export interface MemoryHost extends Host {
  /** The files. */
  readonly files: MemoryFiles;
}

/**
 * Makes a host with files in memory, for `useHost`. It needs nothing but what every browser
 * has.
 *
 * ```ts
 * import { memoryHost, useHost } from "@sentrain/sentrain/host";
 *
 * const host = memoryHost({ "/pairs.jsonl": '{"anchor": "red", "positive": "reddish"}\n' });
 * useHost(host);
 * // ... train with the output directory "/out", then take the model from there:
 * const files = host.files.contents("/out");
 * ```
 *
 * @param contents Files that are there from the beginning, by path. Default: none.
 * @returns The host.
 */
export function memoryHost(
  contents: Readonly<Record<string, Uint8Array | string>> = {},
): MemoryHost {
  return { files: new MemoryFiles(contents), process: alone, bytes: webByteFunctions };
}

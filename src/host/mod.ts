/**
 * What sentrain runs in: this room's share of the public face. In Deno nothing of it is needed; a page
 * calls `useHost(memoryHost())` before anything else.
 *
 * @module
 */
export type { ByteFunctions } from "./byte_functions.ts";
export type {
  DirectoryEntry,
  FileInfo,
  FileSystem,
  OpenFile,
  OpenOptions,
  TemporaryFile,
  TemporaryOptions,
  WriteOptions,
} from "./file_system.ts";
export { type Host, host, type HostServer, type ServeOptions, useHost } from "./host.ts";
export type { HostProcess } from "./host_process.ts";
export { MemoryFiles } from "./memory_files.ts";
export { type MemoryHost, memoryHost } from "./memory_host.ts";

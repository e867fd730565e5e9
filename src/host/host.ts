/**
 * What sentrain asks of what it runs in.
 *
 * @module
 */
import type { ByteFunctions } from "./byte_functions.ts";
import { denoHost } from "./deno_host.ts";
import type { FileSystem } from "./file_system.ts";
import type { HostProcess } from "./host_process.ts";

/** A server of pages. */
export interface HostServer {
  /** The port that it has. */
  readonly port: number;
  /** Done when it has ended. */
  readonly finished: Promise<void>;
}

/** Where a server listens, and until when. */
export interface ServeOptions {
  /** The address that it listens at. */
  readonly hostname: string;
  /** The port; 0 for any that is free. */
  readonly port: number;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** What sentrain runs in: Deno, a page, or anything else that has files of a kind. */
export interface Host {
  /** Files. */
  readonly files: FileSystem;
  /** Facts of the process. */
  readonly process: HostProcess;
  /** Work on bytes. */
  readonly bytes: ByteFunctions;
  /** Serves pages, for the live page of a run; undefined where that cannot be. */
  readonly serve?: (
    options: ServeOptions,
    answer: (request: Request) => Response,
  ) => HostServer;
}

let chosen: Host | null = null;

/**
 * Says what sentrain runs in; to be called before anything else. Deno needs no such call. A worker has
 * modules of its own, and its own host with them.
 *
 * @param host The host; null for Deno's again.
 */
export function useHost(host: Host | null): void {
  chosen = host;
}

/**
 * The host in use.
 *
 * @returns That of the last {@linkcode useHost}; without one, in Deno, Deno's.
 * @throws {Error} If there is none.
 */
export function host(): Host {
  const found = chosen ?? denoHost;
  if (found !== null) return found;
  throw new Error(
    "Cannot ask for a file or for a fact of the process: found no Deno and no other host; " +
      "call useHost() of @sentrain/sentrain/host first, in a page with memoryHost()",
  );
}

/**
 * Whether there is a host.
 *
 * @returns Whether {@linkcode host} gives one.
 */
export function hasHost(): boolean {
  return (chosen ?? denoHost) !== null;
}

/**
 * Whether a worker finds the host that this thread has.
 *
 * @returns False after {@linkcode useHost}, which no worker knows of.
 */
export function workersShareHost(): boolean {
  return chosen === null;
}

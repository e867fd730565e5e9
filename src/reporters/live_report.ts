/**
 * The reporter that serves the page of a run while it goes on.
 *
 * @module
 */
import { join } from "@std/path";
import { UsageError } from "../errors.ts";
import { host, type HostServer } from "../host/host.ts";
import { missingPermission } from "../host/missing_permission.ts";
import { EMBEDDING_MAP_NAME } from "./report/embedding_map.ts";
import { readRun } from "./report/read_run.ts";
import { type ReportData, reportData } from "./report/report_data.ts";
import { reportPage } from "./report/report_page.ts";
import type { Progress, Reporter } from "./reporter.ts";
import { JOURNAL_NAME } from "./run_journal.ts";

const HOST = "127.0.0.1";

/**
 * Serves the page of a run on this machine alone; the page asks every two seconds for what is new. It
 * shows what the journal of the run holds.
 */
export class LiveReport implements Reporter, AsyncDisposable {
  readonly #directory: string;
  readonly #controller = new AbortController();
  readonly #server: HostServer;
  #progress: Progress | null = null;
  /** A journal of an earlier run may lie there. */
  #isBegun = false;
  #known: { state: string; data: ReportData } | null = null;

  /**
   * Begins to serve.
   *
   * @param directory The output directory of the run.
   * @param port From 0 to 65535; 0 for any that is free.
   * @throws {UsageError} If the port is not free, or the host has no server.
   */
  constructor(directory: string, port: number) {
    this.#directory = directory;
    const server = host();
    if (server.serve === undefined) {
      throw new UsageError(`Cannot serve on port ${port}: the host that is in use has no server`);
    }
    try {
      const { signal } = this.#controller;
      this.#server = server.serve(
        { hostname: HOST, port, signal },
        (request) => this.#answer(request),
      );
    } catch (cause) {
      throw new UsageError(
        `Cannot serve on port ${port}: ${
          missingPermission(cause) ??
            `${(cause as Error).message}; give another port, or 0 for any`
        }`,
        { cause },
      );
    }
  }

  /** Where the page is. */
  get url(): string {
    return `http://${HOST}:${this.#server.port}/`;
  }

  start(): void {
    this.#isBegun = true;
  }

  progress(progress: Progress): void {
    this.#progress = progress;
  }

  /** Ends serving. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#controller.abort();
    await this.#server.finished;
  }

  #answer(request: Request): Response {
    // A page of another site must not read the run under a name that leads here.
    const host = request.headers.get("host")?.replace(/:\d+$/, "");
    if (host !== HOST && host !== "localhost") return new Response("not here", { status: 403 });
    const { pathname } = new URL(request.url);
    const headers = { "cache-control": "no-store", "x-content-type-options": "nosniff" };
    if (pathname === "/data.json") {
      const content = { report: this.#report(), progress: this.#progress };
      return Response.json(content, { headers });
    }
    if (pathname !== "/") return new Response("no such page", { status: 404 });
    return new Response(reportPage(this.#report(), { live: true }), {
      headers: { ...headers, "content-type": "text/html; charset=utf-8" },
    });
  }

  /** Reads the files of the run, unless they are as they were. */
  #report(): ReportData {
    const names = this.#isBegun ? [JOURNAL_NAME, EMBEDDING_MAP_NAME] : [];
    const states = names.map((name) => stateOf(join(this.#directory, name)));
    const state = states.join();
    if (this.#known?.state === state) return this.#known.data;
    const nothing = { facts: {}, arguments: {}, records: [], status: "running" } as const;
    const hasJournal = states.length > 0 && states[0] !== "";
    const data = reportData([
      hasJournal ? readRun(this.#directory) : { name: this.#directory, ...nothing },
    ]);
    this.#known = { state, data };
    return data;
  }
}

/** Changes when the file does; empty where there is none. */
function stateOf(path: string): string {
  try {
    const { size, mtime } = host().files.statSync(path);
    return `${size} ${mtime?.getTime()}`;
  } catch {
    return "";
  }
}

/**
 * A hub on this machine, which speaks the protocol of the public ones as far as models need it: to make
 * repositories, to send files (plain ones, and large ones by Git LFS, in parts too), to commit, to list
 * and to fetch, in parts too. Large files lie in a store at another address, as there.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { handleUpload } from "./hub_uploads.ts";

/** A key that the server takes. */
export const TOKEN = "hf_aSecretThatNobodyMaySee";

/** A commit of a repository. */
export interface HubCommit {
  readonly sha: string;
  readonly title: string;
  /** All files after it, by path. */
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

/** A repository. */
export interface HubRepo {
  private: boolean;
  readonly commits: HubCommit[];
  /** Branches and tags. */
  readonly refs: Map<string, string>;
}

/** A request that came. */
export interface SeenRequest {
  readonly method: string;
  /** `hub` or `store`, a space, and the path. */
  readonly place: string;
  readonly headers: Headers;
}

/** What goes wrong: an answer in place of the right one, or the number of bytes after which it breaks. */
export type Trouble = Response | number | undefined;

/** A hub, until it is closed. */
export class HubServer {
  /** Repositories by name. */
  readonly repos: Map<string, HubRepo> = new Map();
  /** Large files by SHA-256. */
  readonly store: Map<string, Uint8Array<ArrayBuffer>> = new Map();
  /** All requests in order. */
  readonly seen: SeenRequest[] = [];
  /** Is asked what goes wrong; may wait. */
  trouble: (request: SeenRequest) => Trouble | Promise<Trouble> = () => undefined;
  /** Files from this length on are large. Unit: bytes. */
  largeFrom = 4096;
  /** Length of the parts of a large file; 0 for whole files. Unit: bytes. */
  partSize = 0;
  /** Entries of a page of a list. */
  pageSize = 1000;
  /** What lists say in place of the truth. */
  listed: ((entries: Record<string, unknown>[]) => Record<string, unknown>[]) | null = null;
  #isClosed = false;
  readonly #hub = Deno.serve(quiet("127.0.0.1"), (request) => this.#answer("hub", request));
  readonly #store = Deno.serve(quiet("localhost"), (request) => this.#answer("store", request));

  /** The address of the hub. */
  get endpoint(): string {
    return `http://127.0.0.1:${this.#hub.addr.port}`;
  }

  /** The address of the store of large files. */
  get storeUrl(): string {
    return `http://localhost:${this.#store.addr.port}`;
  }

  /** Makes a repository with one commit. */
  add(name: string, files: Readonly<Record<string, string | Uint8Array>>, isPrivate = false): void {
    this.repos.set(name, { private: isPrivate, commits: [], refs: new Map() });
    this.commit(name, "first", files);
  }

  /** Adds files to the main branch. */
  commit(
    name: string,
    title: string,
    files: Readonly<Record<string, string | Uint8Array>>,
  ): HubCommit {
    const { commits, refs } = this.repos.get(name)!;
    const all = new Map(commits.at(-1)?.files);
    for (const [path, content] of Object.entries(files)) all.set(path, bytesOf(content));
    const sha = hashOf("sha1", new TextEncoder().encode(`${name} ${commits.length}`));
    const commit = { sha, title, files: all };
    commits.push(commit);
    refs.set("main", sha);
    return commit;
  }

  /** Titles of the commits of a repository that came from outside. */
  titles(name: string): string[] {
    return this.repos.get(name)?.commits.map(({ title }) => title) ?? [];
  }

  /** Paths of its files. */
  paths(name: string): string[] {
    return [...this.repos.get(name)?.commits.at(-1)?.files.keys() ?? []].sort();
  }

  /** Requests whose method and place match. */
  requests(pattern: RegExp): SeenRequest[] {
    return this.seen.filter(({ method, place }) => pattern.test(`${method} ${place}`));
  }

  /** Whether a file is large. */
  isLarge(path: string, size: number): boolean {
    return path.endsWith(".safetensors") || size >= this.largeFrom;
  }

  /** Ends it. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await Promise.all([this.#hub.shutdown(), this.#store.shutdown()]);
  }

  async #answer(kind: "hub" | "store", request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const seen = { method: request.method, place: `${kind} ${pathname}`, headers: request.headers };
    this.seen.push(seen);
    const trouble = await this.trouble(seen);
    if (trouble instanceof Response) {
      await request.arrayBuffer();
      return trouble;
    }
    const answer = kind === "store"
      ? await this.#ofStore(request, pathname)
      : await this.#ofHub(request, pathname);
    return trouble === undefined ? answer : broken(answer, trouble);
  }

  async #ofStore(request: Request, path: string): Promise<Response> {
    if (request.method !== "GET") return await handleUpload(this, request, path);
    const content = this.store.get(path.slice(1));
    return content === undefined ? failure(404, "no such object") : ranged(request, content);
  }

  async #ofHub(request: Request, path: string): Promise<Response> {
    const key = request.headers.get("authorization");
    if (key !== null && key !== `Bearer ${TOKEN}`) return failure(401, "Invalid credentials");
    if (request.method !== "GET") {
      if (key === null) return failure(401, "Invalid username or password.");
      return await handleUpload(this, request, path);
    }
    if (path === "/api/whoami-v2") return Response.json({ name: "me", type: "user", auth: {} });
    const [, name, action = "", revision = "", rest = ""] =
      /^\/api\/models\/(.+?)(?:\/(revision|tree)\/([^/]+))?$/.exec(path) ??
        /^\/(.+?)\/(resolve)\/([^/]+)\/(.+)$/.exec(path) ?? [];
    const repo = this.repos.get(name);
    if (repo === undefined || (repo.private && key === null)) {
      return failure(key === null ? 401 : 404, "Repository not found");
    }
    const commit = commitOf(repo, decodeURIComponent(revision));
    if (commit === undefined) return failure(404, `Invalid rev id: ${revision}`);
    if (action === "tree") return this.#tree(new URL(request.url), commit);
    if (action === "resolve") return this.#resolve(request, commit, decodeURIComponent(rest));
    return Response.json({ _id: "1", id: name, private: repo.private, sha: commit.sha });
  }

  #tree(url: URL, { files }: HubCommit): Response {
    const entries = [...files].map(([path, content]): Record<string, unknown> => ({
      type: "file",
      path,
      size: content.length,
      oid: gitHash(content),
      ...(this.isLarge(path, content.length) && {
        lfs: { oid: hashOf("sha256", content), size: content.length, pointerSize: 130 },
      }),
    }));
    const all = this.listed?.(entries) ?? entries;
    const from = Number(url.searchParams.get("cursor") ?? 0);
    const headers = new Headers();
    if (from + this.pageSize < all.length) {
      url.searchParams.set("cursor", String(from + this.pageSize));
      headers.set("link", `<${url}>; rel="next"`);
    }
    return Response.json(all.slice(from, from + this.pageSize), { headers });
  }

  #resolve(request: Request, { sha, files }: HubCommit, path: string): Response {
    const content = files.get(path);
    if (content === undefined) return failure(404, "Entry not found");
    const headers = { "x-repo-commit": sha, etag: `"${gitHash(content)}"` };
    if (!this.isLarge(path, content.length)) return ranged(request, content, headers);
    const hash = hashOf("sha256", content);
    this.store.set(hash, content);
    const linked = { "x-linked-etag": `"${hash}"`, "x-linked-size": String(content.length) };
    const location = `${this.storeUrl}/${hash}?signature=secret`;
    return new Response(null, { status: 302, headers: { ...headers, ...linked, location } });
  }
}

/** An answer that says what failed. */
export function failure(status: number, error: string): Response {
  return Response.json({ error }, { status });
}

/** A hash in hexadecimal. */
export function hashOf(kind: "sha1" | "sha256", content: Uint8Array): string {
  return createHash(kind).update(content).digest("hex");
}

function gitHash(content: Uint8Array): string {
  return createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
}

function bytesOf(content: string | Uint8Array): Uint8Array<ArrayBuffer> {
  return typeof content === "string" ? new TextEncoder().encode(content) : content.slice();
}

function commitOf({ commits, refs }: HubRepo, revision: string): HubCommit | undefined {
  if (revision === "" || revision === "HEAD") return commits.at(-1) ?? NOTHING;
  const sha = refs.get(revision) ?? revision;
  return commits.find((commit) => commit.sha === sha);
}

/** What a repository without commits is at. */
const NOTHING: HubCommit = { sha: "0".repeat(40), title: "", files: new Map() };

function ranged(
  request: Request,
  content: Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Response {
  const from = /^bytes=(\d+)-$/.exec(request.headers.get("range") ?? "")?.[1];
  if (from === undefined) return new Response(content, { headers });
  const start = Number(from);
  if (start >= content.length) return new Response(null, { status: 416, headers });
  const range = `bytes ${start}-${content.length - 1}/${content.length}`;
  const part = content.subarray(start);
  return new Response(part, { status: 206, headers: { ...headers, "content-range": range } });
}

/** An answer whose connection breaks after some bytes. */
function broken(answer: Response, after: number): Response {
  const { status, headers } = answer;
  const body = new ReadableStream({
    async start(controller) {
      const content = new Uint8Array(await answer.arrayBuffer());
      controller.enqueue(content.subarray(0, after));
      // What was given must be on its way before the end.
      setTimeout(() => controller.error(new Error("cut")), 50);
    },
  });
  return new Response(body, { status, headers });
}

function quiet(hostname: string) {
  return { port: 0, hostname, onListen() {}, onError: () => new Response(null, { status: 500 }) };
}

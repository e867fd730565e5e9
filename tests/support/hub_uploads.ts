/**
 * What the hub of the tests does with files that are sent to it.
 *
 * @module
 */
import { failure, hashOf, type HubServer } from "./hub_server.ts";

/** Answers a request that changes something. */
export async function handleUpload(
  server: HubServer,
  request: Request,
  path: string,
): Promise<Response> {
  const [, name, action = path] = /^\/api\/models\/(.+)\/(preupload|commit)\/main$/.exec(path) ??
    /^\/(.+)\.git\/info\/lfs\/objects\/(batch)$/.exec(path) ?? [];
  if (action === "/api/repos/create") return create(server, await request.json());
  if (name === undefined) return await receive(server, request, path.slice(1));
  const repo = server.repos.get(name);
  if (repo === undefined) return failure(404, "Repository not found");
  if (action === "batch") return batch(server, await request.json());
  if (action === "commit") return commit(server, name, await request.text());
  const { files } = await request.json() as { files: { path: string; size: number }[] };
  return Response.json({
    files: files.map(({ path, size }) => ({
      path,
      uploadMode: server.isLarge(path, size) ? "lfs" : "regular",
    })),
  });
}

interface Creation {
  name: string;
  organization: string;
  visibility?: string;
}

function create(server: HubServer, { name, organization, visibility }: Creation): Response {
  const id = `${organization}/${name}`;
  if (server.repos.has(id)) return failure(409, "You already created this model repo");
  server.repos.set(id, { private: visibility === "private", commits: [], refs: new Map() });
  return Response.json({ url: `${server.endpoint}/${id}`, id });
}

interface Batch {
  objects: { oid: string; size: number }[];
}

/** What is there already has no actions. */
function batch(server: HubServer, { objects }: Batch): Response {
  return Response.json({
    transfer: "basic",
    objects: objects.map(({ oid, size }) => {
      if (server.store.has(oid)) return { oid, size };
      const href = `${server.storeUrl}/${oid}`;
      if (server.partSize === 0 || size <= server.partSize) {
        return { oid, size, actions: { upload: { href: `${href}?signature=secret` } } };
      }
      const header: Record<string, string> = { chunk_size: String(server.partSize) };
      const parts = Math.ceil(size / server.partSize);
      for (let part = 1; part <= parts; part++) header[part] = `${href}/${part}?signature=secret`;
      return { oid, size, actions: { upload: { href: `${href}/whole`, header } } };
    }),
  });
}

/** Takes a large file, or a part of one, or puts the parts together. */
async function receive(server: HubServer, request: Request, path: string): Promise<Response> {
  const [oid, part] = path.split("/");
  const bytes = new Uint8Array(await request.arrayBuffer());
  if (part !== undefined && part !== "whole") {
    server.store.set(path, bytes);
    return new Response(null, { headers: { etag: `"${part}"` } });
  }
  const whole = part === undefined ? bytes : join(server, oid, bytes);
  if (hashOf("sha256", whole) !== oid) return failure(400, "the hash is another one");
  server.store.set(oid, whole);
  return new Response(null);
}

function join(server: HubServer, oid: string, request: Uint8Array): Uint8Array<ArrayBuffer> {
  const { parts } = JSON.parse(new TextDecoder().decode(request)) as {
    parts: { partNumber: number }[];
  };
  const pieces = parts.map(({ partNumber }) => server.store.get(`${oid}/${partNumber}`)!);
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

interface Line {
  key: "header" | "file" | "lfsFile";
  value: { summary: string; path: string; content: string; oid: string };
}

function commit(server: HubServer, name: string, text: string): Response {
  const files: Record<string, Uint8Array> = {};
  let title = "";
  for (const line of text.split("\n")) {
    const { key, value } = JSON.parse(line) as Line;
    if (key === "header") title = value.summary;
    else if (key === "file") {
      files[value.path] = Uint8Array.from(atob(value.content), (c) => c.charCodeAt(0));
    } else {
      const content = server.store.get(value.oid);
      if (content === undefined) return failure(400, `${value.path} was not sent`);
      files[value.path] = content;
    }
  }
  const { sha } = server.commit(name, title, files);
  const commitUrl = `${server.endpoint}/${name}/commit/${sha}`;
  return Response.json({ commitOid: sha, commitUrl, hookOutput: "" });
}

/**
 * Fetching a file of a repository into the cache.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { host } from "../host/host.ts";
import { readPieces } from "../host/read_parts.ts";
import type { CacheLayout } from "./cache_layout.ts";
import { hubFetch } from "./hub_fetch.ts";
import { failureText, isPassing } from "./hub_failure.ts";
import type { HubSettings } from "./hub_settings.ts";
import type { HubFile } from "./needed_files.ts";

/** How far a file has come. */
export interface DownloadProgress {
  /** The model's name on the hub. */
  readonly model: string;
  /** The file's path in its repository. */
  readonly file: string;
  /** What has come. Unit: bytes. */
  readonly done: number;
  /** All. Unit: bytes. */
  readonly total: number;
}

/** Where a file comes from and where it goes to. */
export interface DownloadOptions {
  /** The hub. */
  readonly settings: HubSettings;
  /** The cache. */
  readonly layout: CacheLayout;
  /** The model's name on the hub. */
  readonly name: string;
  /** The hash of the commit. */
  readonly commit: string;
  /** Is told how far it is. Default: nobody. */
  readonly onDownload?: (progress: DownloadProgress) => void;
}

/** Bytes that are read at a time. */
const PIECE = 1 << 18;

/** Attempts that bring nothing before it is given up. */
const ATTEMPTS = 4;

/** The pause before the next one, for each that brought nothing. Unit: ms, a second of the timeout. */
const PAUSE = 50;

/**
 * Makes a file be in the cache, whole and checked against its hash. It comes under another name; what
 * has come of it stays where the connection breaks, and this attempt or a later one goes on from there.
 *
 * @param file The file.
 * @param options Where it comes from and where it goes to.
 * @throws {InputError} If it cannot be fetched, or is not what the hub says it is.
 */
export async function downloadFile(file: HubFile, options: DownloadOptions): Promise<void> {
  const { layout } = options;
  await layout.locked(file.hash, async () => {
    const blob = layout.blob(file.hash);
    if (await sizeOf(blob) === file.size) return;
    const part = `${blob}.incomplete`;
    await fetchAll(file, part, options);
    await checkHash(file, part, options.name);
    await host().files.rename(part, blob);
  });
}

async function fetchAll(file: HubFile, part: string, options: DownloadOptions): Promise<void> {
  const { settings, name } = options;
  for (let idle = 0;;) {
    const before = await sizeOf(part) ?? 0;
    try {
      await fetchRest(file, part, options);
      return;
    } catch (error) {
      // Where the last attempt brought something, the next one has a chance.
      idle = (await sizeOf(part) ?? 0) > before ? 0 : idle + 1;
      if (error instanceof InputError) throw error;
      if (!isPassing(error) || idle === ATTEMPTS) {
        throw new InputError(
          `Cannot fetch ${file.path} of ${name}: ${failureText(error, settings)}`,
          { cause: error },
        );
      }
      await new Promise((resolve) => setTimeout(resolve, idle * settings.timeout * PAUSE));
    }
  }
}

/** Fetches what is missing of a file. */
async function fetchRest(file: HubFile, part: string, options: DownloadOptions): Promise<void> {
  const { settings, name, commit, onDownload } = options;
  using target = await host().files.open(part, { create: true, write: true });
  let done = target.stat().size;
  if (done > file.size) done = 0;
  if (done < file.size || file.size === 0) {
    const path = file.path.split("/").map(encodeURIComponent).join("/");
    const headers = {
      // A part of a packed file is no part of the file.
      "accept-encoding": "identity",
      ...(done > 0 && { range: `bytes=${done}-` }),
    };
    const url = `${settings.endpoint}/${name}/resolve/${commit}/${path}`;
    const answer = await hubFetch(settings)(url, { headers });
    const start = await startOf(answer, done);
    if (start === null) {
      await target.truncate(0);
      throw new TypeError("it cannot go on where it stopped");
    }
    done = start;
    await target.truncate(done);
    target.seek(done);
    for await (const bytes of piecesOf(answer, settings.timeout)) {
      if (done + bytes.length > file.size) {
        throw damaged(file, name, `more than ${file.size} bytes`);
      }
      await target.write(bytes);
      done += bytes.length;
      onDownload?.({ model: name, file: file.path, done, total: file.size });
    }
    if (done < file.size) throw new TypeError(`it ended after ${done} of ${file.size} bytes`);
  }
  await target.sync();
}

/** Where the bytes of an answer belong; null where the store does not go on from where it stopped. */
async function startOf(answer: Response, wanted: number): Promise<number | null> {
  if (answer.status === 200) return 0;
  const start = /^bytes (\d+)-/.exec(answer.headers.get("content-range") ?? "")?.[1];
  if (answer.status === 206 && start === String(wanted)) return wanted;
  await answer.body?.cancel();
  if (answer.status === 206 || answer.status === 416) return null;
  throw Object.assign(new Error(`for ${answer.url}`), { statusCode: answer.status });
}

/** The pieces of a body; a store that falls silent is an error. */
async function* piecesOf(answer: Response, seconds: number): AsyncGenerator<Uint8Array> {
  const reader = answer.body?.getReader();
  if (reader === undefined) return;
  try {
    for (;;) {
      const { promise, reject } = Promise.withResolvers<never>();
      const silence = new DOMException(`silent for ${seconds} s`, "TimeoutError");
      const timer = setTimeout(() => reject(silence), seconds * 1000);
      const read = Promise.race([reader.read(), promise]);
      const { value, done } = await read.finally(() => clearTimeout(timer));
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** Git's hash is SHA-1 of a header and the content; that of large files SHA-256 of the content. */
async function checkHash(file: HubFile, part: string, name: string): Promise<void> {
  const isGit = file.hash.length === 40;
  const header = new TextEncoder().encode(isGit ? `blob ${file.size}\0` : "");
  const hashed = async function* () {
    yield header;
    yield* readPieces(part, PIECE);
  };
  const found = await host().bytes.digest(isGit ? "sha1" : "sha256", hashed());
  if (found === file.hash) return;
  await host().files.remove(part);
  throw damaged(file, name, `hash ${found}`);
}

function damaged(file: HubFile, name: string, found: string): InputError {
  return new InputError(
    `Cannot fetch ${file.path} of ${name}: it came damaged: found ${found}, wanted hash ${file.hash}; try again`,
  );
}

async function sizeOf(path: string): Promise<number | null> {
  return await host().files.stat(path).then(({ size }) => size, () => null);
}

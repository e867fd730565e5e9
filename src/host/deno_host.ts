/**
 * What Deno gives: the one module of the core that names it, and the modules of Node that it has.
 *
 * @module
 */
import type { ByteFunctions } from "./byte_functions.ts";
import type { FileInfo, FileSystem, OpenFile } from "./file_system.ts";
import type { Host } from "./host.ts";
import type { HostProcess } from "./host_process.ts";

class DenoFile implements OpenFile {
  readonly #file: Deno.FsFile;

  constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  read(target: Uint8Array): Promise<number | null> {
    return this.#file.read(target);
  }

  readSync(target: Uint8Array): number | null {
    return this.#file.readSync(target);
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length;) done += await this.#file.write(bytes.subarray(done));
  }

  writeSync(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) done += this.#file.writeSync(bytes.subarray(done));
  }

  seek(position: number): void {
    this.#file.seekSync(position, Deno.SeekMode.Start);
  }

  truncate(length: number): Promise<void> {
    return this.#file.truncate(length);
  }

  sync(): Promise<void> {
    return this.#file.sync();
  }

  lock(): Promise<void> {
    return this.#file.lock(true);
  }

  tryLock(): Promise<boolean> {
    return this.#file.tryLock(true);
  }

  stat(): FileInfo {
    return this.#file.statSync();
  }

  close(): void {
    this.#file.close();
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }
}

/** Not imported: a page that bundles this module has no such thing, and workers load as little as can be. */
const node: typeof globalThis.process.getBuiltinModule = (name: string) =>
  globalThis.process.getBuiltinModule(name);

const files: FileSystem = {
  stat: (path) => Deno.stat(path),
  statSync: (path) => Deno.statSync(path),
  lstat: (path) => Deno.lstat(path),
  absolute: (path) => node("node:path").resolve(path),
  realPath: (path) => Deno.realPath(path),
  readFile: (path) => Deno.readFile(path),
  readFileSync: (path) => Deno.readFileSync(path),
  writeFile: (path, content, options) =>
    typeof content === "string"
      ? Deno.writeTextFile(path, content, options)
      : Deno.writeFile(path, content, options),
  writeFileSync: (path, content, options) =>
    typeof content === "string"
      ? Deno.writeTextFileSync(path, content, options)
      : Deno.writeFileSync(path, content, options),
  open: async (path, { write = false, ...options } = {}) =>
    new DenoFile(await Deno.open(path, { read: !write, write, ...options })),
  openSync: (path) => new DenoFile(Deno.openSync(path)),
  openTemporary: ({ directory, prefix, suffix }) => {
    const path = Deno.makeTempFileSync({ dir: directory, prefix, suffix });
    const file = Deno.openSync(path, { read: true, write: true });
    // The space comes back when the file is closed or the process ends, however it ends.
    Deno.removeSync(path);
    return { path, file: new DenoFile(file) };
  },
  mkdir: (path) => Deno.mkdir(path, { recursive: true }),
  mkdirSync: (path) => Deno.mkdirSync(path, { recursive: true }),
  readDir: (path) => Deno.readDir(path),
  readDirSync: (path) => Deno.readDirSync(path),
  rename: (from, to) => Deno.rename(from, to),
  remove: (path, options) => Deno.remove(path, options),
  removeSync: (path) => Deno.removeSync(path),
  symlink: (target, path) => Deno.symlink(target, path, { type: "file" }),
  link: (from, to) => Deno.link(from, to),
  copyFile: (from, to) => Deno.copyFile(from, to),
  freeSpace: async (path) => {
    if (!isGranted({ name: "sys", kind: "statfs" })) return null;
    const { bavail, bsize } = await node("node:fs/promises").statfs(path);
    return bavail * bsize;
  },
};

/** Asking in this way prompts nobody. */
function isGranted(descriptor: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(descriptor).state === "granted";
}

const process: HostProcess = {
  get os() {
    return Deno.build.os;
  },
  get pid() {
    return Deno.pid;
  },
  get runtime() {
    return { name: "Deno", version: Deno.version.deno };
  },
  get telemetry() {
    return Deno.telemetry;
  },
  hostName: () => isGranted({ name: "sys", kind: "hostname" }) ? Deno.hostname() : null,
  memory: () => Deno.memoryUsage().rss,
  variable: (name) => isGranted({ name: "env", variable: name }) ? Deno.env.get(name) : undefined,
  setDefault: (name, value) => {
    if (!isGranted({ name: "env", variable: name })) return;
    if (Deno.env.get(name) === undefined) Deno.env.set(name, value);
  },
  isPermitted: (kind, what) =>
    isGranted(kind === "read" ? { name: kind, path: what } : { name: kind, host: what }),
  isRunning: (pid) => {
    // Deno counts this as running something, but for this process itself.
    if (pid !== Deno.pid && !isGranted({ name: "run" })) return null;
    try {
      node("node:process").kill(pid, 0);
      return true;
    } catch (error) {
      return (error as { code?: unknown }).code !== "ESRCH";
    }
  },
  notPermitted: (message) => new Deno.errors.NotCapable(message),
};

const bytes: ByteFunctions = {
  digest: async (algorithm, pieces) => {
    const hash = node("node:crypto").createHash(algorithm);
    for await (const piece of pieces) hash.update(piece);
    return hash.digest("hex");
  },
  gunzip: async (pieces, take) => {
    await node("node:stream/promises").pipeline(
      function* () {
        for (const piece of pieces) yield piece.slice();
      },
      node("node:zlib").createGunzip(),
      async function (decompressed: AsyncIterable<Uint8Array>) {
        for await (const piece of decompressed) take(piece);
      },
    );
  },
};

/** Deno as a host; null where the program does not run in Deno. */
export const denoHost: Host | null = "Deno" in globalThis
  ? {
    files,
    process,
    bytes,
    serve: (options, answer) => {
      const server = Deno.serve({ ...options, onListen: () => {} }, answer);
      return { port: server.addr.port, finished: server.finished };
    },
  }
  : null;

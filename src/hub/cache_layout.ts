/**
 * The cache of models, laid out as that of huggingface_hub, so that each finds what the other fetched:
 *
 * ```text
 * models--org--name/
 *   blobs/HASH                         the files, each once
 *   refs/main                          the commit that a branch or a tag means
 *   snapshots/COMMIT/path/of/file      links to blobs
 * .locks/models--org--name/HASH.lock   held by who fetches a file
 * ```
 *
 * @module
 */
import { dirname, join, relative } from "@std/path";
import { InputError } from "../errors.ts";
import { host } from "../host/host.ts";
import { isFolder } from "../host/is_there.ts";
import { readText } from "../host/read_text.ts";
import { temporarySibling } from "../io/temporary_name.ts";
import { writeFileAtomically } from "../io/write_files.ts";
import { isRevision, type ModelId } from "./model_id.ts";

const COMMIT = /^[0-9a-f]{40}$/;
const HASH = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** The part of a cache that belongs to one model. */
export class CacheLayout {
  /** The directory of the model. */
  readonly path: string;
  readonly #locks: string;

  /**
   * Makes nothing.
   *
   * @param cacheDir The directory of the cache.
   * @param name The model's name on the hub.
   */
  constructor(cacheDir: string, name: string) {
    const folder = `models--${name.replaceAll("/", "--")}`;
    this.path = join(cacheDir, folder);
    this.#locks = join(cacheDir, ".locks", folder);
  }

  /**
   * Finds the directory of a revision.
   *
   * @param id The model.
   * @returns The directory; null where it is not in the cache. Files of it may be missing.
   */
  async find({ revision }: ModelId): Promise<string | null> {
    const commit = COMMIT.test(revision) ? revision : await this.#readRef(revision);
    if (commit === null) return null;
    const path = this.snapshot(commit);
    const found = await isFolder(path);
    return found ? path : null;
  }

  /**
   * The directory of a commit.
   *
   * @param commit Its hash.
   * @returns The directory, which need not be there.
   * @throws {InputError} If it is no hash.
   */
  snapshot(commit: string): string {
    if (!COMMIT.test(commit)) throw noHash(commit);
    return join(this.path, "snapshots", commit);
  }

  /**
   * The file of a hash.
   *
   * @param hash Of git, 40 digits, or SHA-256, 64 digits.
   * @returns The file, which need not be there.
   * @throws {InputError} If it is no hash.
   */
  blob(hash: string): string {
    if (!HASH.test(hash)) throw noHash(hash);
    return join(this.path, "blobs", hash);
  }

  /**
   * Remembers what a branch or a tag means.
   *
   * @param revision The branch or tag; nothing is done for a hash.
   * @param commit The hash of the commit.
   */
  async setRef(revision: string, commit: string): Promise<void> {
    if (revision === commit) return;
    const file = this.#ref(revision);
    await host().files.mkdir(dirname(file));
    await writeFileAtomically(file, commit);
  }

  /**
   * Puts a file that is in the cache into the directory of a commit. Who reads it there meanwhile finds
   * what was there, or the file.
   *
   * @param commit The hash of the commit.
   * @param name The file's path in the repository.
   * @param hash The file's hash.
   * @throws {InputError} If the path leaves the directory.
   */
  async link(commit: string, name: string, hash: string): Promise<void> {
    const path = this.file(commit, name);
    const blob = this.blob(hash);
    const { files } = host();
    await files.mkdir(dirname(path));
    const temporary = temporarySibling(path);
    // Not every system lets everyone make such links, nor does Deno where folders alone are permitted.
    await files.symlink(relative(dirname(path), blob), temporary)
      .catch(() => files.link(blob, temporary))
      .catch(() => files.copyFile(blob, temporary));
    try {
      // Another process may be reading the file that is there.
      await files.rename(temporary, path);
    } finally {
      // Nothing is renamed where both are the same file.
      await files.remove(temporary).catch(() => {});
    }
  }

  /**
   * Where a file of a commit is, or will be.
   *
   * @param commit The hash of the commit.
   * @param name The file's path in the repository.
   * @returns Its path in the cache.
   * @throws {InputError} If the path leaves the directory.
   */
  file(commit: string, name: string): string {
    const isSafe = name.split("/").every((part) => !["", ".", ".."].includes(part)) &&
      // deno-lint-ignore no-control-regex
      !/[\\:\x00-\x1f]/.test(name);
    if (isSafe) return join(this.snapshot(commit), name);
    throw new InputError(
      `Cannot keep a file of the hub: its path ${JSON.stringify(name)} leaves the directory`,
    );
  }

  /**
   * Does something while no other process, huggingface_hub's included, fetches the same file.
   *
   * @param hash The file's hash.
   * @param work What to do.
   * @returns What `work` gives.
   */
  async locked<T>(hash: string, work: () => Promise<T>): Promise<T> {
    await host().files.mkdir(this.#locks);
    await host().files.mkdir(dirname(this.blob(hash)));
    const path = join(this.#locks, `${hash}.lock`);
    using file = await host().files.open(path, { create: true, write: true });
    await file.lock();
    return await work();
  }

  #ref(revision: string): string {
    if (!isRevision(revision)) {
      throw new InputError(`Cannot look for revision ${JSON.stringify(revision)}: it is no name`);
    }
    return join(this.path, "refs", revision);
  }

  async #readRef(revision: string): Promise<string | null> {
    const text = await readText(this.#ref(revision)).catch(() => "");
    return COMMIT.test(text.trim()) ? text.trim() : null;
  }
}

function noHash(text: string): InputError {
  return new InputError(
    `Cannot understand the hub: found ${
      JSON.stringify(text)
    }, wanted the hash of a file or a commit`,
  );
}

/**
 * What is uploaded, as it was at one moment: a run goes on to write and to remove checkpoints while it
 * is sent.
 *
 * @module
 */
import { dirname, join } from "@std/path";
import { host } from "../host/host.ts";
import { isThere } from "../host/is_there.ts";
import type { UploadFile } from "../hub/upload_files.ts";
import { CHECKSUMS_NAME } from "../io/checksums.ts";
import { TRAINER_STATE_NAME } from "../io/trainer_state.ts";
import { OPTIMIZER, RESUME_FILES } from "./checkpoint_files.ts";

/** What upstream ignores begins so, and therefore this directory does. */
const PREFIX = "_hub-";

/** What a checkpoint holds beyond the model. */
const OF_CHECKPOINTS: readonly string[] = [
  OPTIMIZER,
  ...RESUME_FILES,
  TRAINER_STATE_NAME,
  CHECKSUMS_NAME,
];

/** Files that stay as they are until they are sent. */
export class HubStaging {
  /** A directory for whatever is made for it alone. */
  readonly directory: string;
  readonly #outputDir: string;
  readonly #files: Map<string, string> = new Map();

  private constructor(outputDir: string, directory: string) {
    this.#outputDir = outputDir;
    this.directory = directory;
  }

  /**
   * Makes an empty one in an output directory.
   *
   * @param outputDir The output directory.
   * @returns It; remove it in the end.
   */
  static async open(outputDir: string): Promise<HubStaging> {
    const directory = host().files.absolute(join(outputDir, PREFIX + crypto.randomUUID()));
    await host().files.mkdir(directory);
    return new HubStaging(outputDir, directory);
  }

  /**
   * Removes those that a process left behind which was killed.
   *
   * @param outputDir The output directory, where nothing is being uploaded.
   */
  static async clear(outputDir: string): Promise<void> {
    for await (const { name } of host().files.readDir(outputDir)) {
      if (name.startsWith(PREFIX)) {
        await host().files.remove(join(outputDir, name), { recursive: true });
      }
    }
  }

  /** The files. */
  get files(): UploadFile[] {
    return [...this.#files].map(([path, source]) => ({ path, source }));
  }

  /**
   * Adds a model, and what else the output directory holds; as upstream without checkpoints and names
   * that begin with `_`. Hidden files and other models that were saved there are left out too.
   *
   * @param from The model's directory: a saved model, or a checkpoint, of which the model is taken.
   */
  async addModel(from: string): Promise<void> {
    const { files } = host();
    for (const name of await filesOf(from)) {
      if (!OF_CHECKPOINTS.includes(name)) await this.#link(join(from, name), name);
    }
    for await (const { name, isFile, isDirectory } of host().files.readDir(this.#outputDir)) {
      const path = join(this.#outputDir, name);
      if (/^(?:[_.]|checkpoint-)/.test(name) || files.absolute(path) === files.absolute(from)) {
        continue;
      }
      if (isFile) await this.#copy(path, name);
      if (!isDirectory || await isModel(path)) continue;
      for (const file of await filesOf(path)) await this.#copy(join(path, file), `${name}/${file}`);
    }
  }

  /**
   * Adds all of a directory.
   *
   * @param from The directory.
   * @param name What it is called in the repository.
   */
  async addDirectory(from: string, name: string): Promise<void> {
    for (const file of await filesOf(from)) await this.#link(join(from, file), `${name}/${file}`);
  }

  /** Removes it; the directories that it was made of stay. */
  async remove(): Promise<void> {
    await host().files.remove(this.directory, { recursive: true });
  }

  /** A second name for a file that is never changed, only replaced: it costs nothing. */
  async #link(source: string, path: string): Promise<void> {
    const target = await this.#place(path);
    if (target === null) return;
    // Not every file system has such names.
    await host().files.link(source, target).catch(() => host().files.copyFile(source, target));
  }

  /** A file that a run may be writing to. */
  async #copy(source: string, path: string): Promise<void> {
    const target = await this.#place(path);
    if (target !== null) await host().files.copyFile(source, target);
  }

  /** Null where there is a file of this path: the first stays. */
  async #place(path: string): Promise<string | null> {
    if (this.#files.has(path)) return null;
    const target = join(this.directory, "files", path);
    await host().files.mkdir(dirname(target));
    this.#files.set(path, target);
    return target;
  }
}

async function isModel(directory: string): Promise<boolean> {
  return await isThere(join(directory, "modules.json"));
}

/** Paths of the files below a directory, but hidden ones and what is linked to. */
async function filesOf(directory: string): Promise<string[]> {
  const files: string[] = [];
  const enter = async (below: string): Promise<void> => {
    for await (const entry of host().files.readDir(join(directory, below))) {
      if (entry.name.startsWith(".")) continue;
      if (entry.isDirectory) await enter(`${below}${entry.name}/`);
      else if (entry.isFile) files.push(below + entry.name);
    }
  };
  await enter("");
  return files.sort();
}

/**
 * One run at a time in an output directory. A file there names the process that writes; one that a
 * crash has left behind is recognised, since that process is gone. Where Deno may not ask for other
 * processes the system's lock of the file tells, which a run keeps to its end.
 *
 * @module
 */
import { join } from "@std/path";
import { z } from "zod";
import { OutputError } from "../errors.ts";
import type { OpenFile } from "../host/file_system.ts";
import { host } from "../host/host.ts";
import { readText, readTextSync } from "../host/read_text.ts";
import { encodeJson } from "./json.ts";
import { ownIdentity, type ProcessIdentity, whetherRunning } from "./process_identity.ts";
import { asOutputError } from "./write_files.ts";

/** Name of the file in the output directory. */
export const LOCK_NAME = ".sentrain-lock";

/** How often, and after what pause, to look again where another run is about to enter. Unit: ms. */
const TRIES = 250;
const PAUSE = 20;

/** The system's lock of the file: this process has it, another one, or there are none. */
type SystemLock = "taken" | "held" | "none";

/** What the file holds. */
interface Holder extends ProcessIdentity {
  /** Differs for each time that the directory is locked. */
  readonly token: string;
  /** When it was locked. */
  readonly since: string;
}

const schema: z.ZodType<Holder> = z.object({
  token: z.string(),
  since: z.string(),
  pid: z.int().positive(),
  host: z.string().nullable(),
  boot: z.string().nullable(),
  start: z.string().nullable(),
});

/** A directory that this run alone writes to, until it gives it back. */
export class OutputLock {
  /** What to tell: that a lock of a run that is gone was taken over; null where there was none. */
  readonly note: string | null;
  readonly #directory: string;
  readonly #token: string;
  #file: OpenFile | null;

  private constructor(directory: string, token: string, { note, file }: Entry) {
    this.#directory = directory;
    this.#token = token;
    this.note = note;
    this.#file = file;
  }

  /**
   * Locks a directory.
   *
   * @param directory The directory, which must exist.
   * @returns The lock.
   * @throws {OutputError} If another run holds it, or the file cannot be written.
   */
  static async take(directory: string): Promise<OutputLock> {
    const token = crypto.randomUUID();
    return new OutputLock(directory, token, await enter(directory, token));
  }

  /**
   * Makes sure, before something is written, that the directory is still this run's: it may have been
   * removed, and made again by another run. One that is gone is made again.
   *
   * @returns What to tell; null where all is as it was.
   * @throws {OutputError} If another run holds the directory now, or it cannot be made.
   */
  async confirm(): Promise<string | null> {
    if ((await holderOf(join(this.#directory, LOCK_NAME)))?.token === this.#token) return null;
    try {
      await host().files.mkdir(this.#directory);
    } catch (error) {
      throw asOutputError(this.#directory, error);
    }
    const { file } = await enter(this.#directory, this.#token);
    this.#close();
    this.#file = file;
    return `${this.#directory} was removed or unlocked in the course of the run: it is this run's again`;
  }

  /** Gives the directory back; does nothing where it is gone or another's. */
  release(): void {
    const path = join(this.#directory, LOCK_NAME);
    try {
      if (parse(readTextSync(path))?.token === this.#token) host().files.removeSync(path);
    } catch {
      // It is gone, or stays behind: this process will be gone soon, and then it counts for nothing.
    }
    this.#close();
  }

  #close(): void {
    this.#file?.close();
    this.#file = null;
  }

  /** Gives the directory back. */
  [Symbol.dispose](): void {
    this.release();
  }
}

/** What taking a directory gives. */
interface Entry {
  /** What to tell. */
  readonly note: string | null;
  /** The file, which the system keeps locked as long as it is open; null where it does not. */
  readonly file: OpenFile | null;
}

/** Writes the file, unless another run is there. */
async function enter(directory: string, token: string): Promise<Entry> {
  const path = join(directory, LOCK_NAME);
  const own: Holder = { token, since: new Date().toISOString(), ...await ownIdentity() };
  for (let tries = 0;; tries++) {
    try {
      (await host().files.open(path, { write: true, create: true })).close();
      // What is only read keeps nobody from making the file system read-only.
      const file = await host().files.open(path);
      const entry = await enterFile(file, { path, directory, own, tries }).catch((error) => {
        file.close();
        throw error;
      });
      if (entry?.file !== file) file.close();
      if (entry !== null) return entry;
    } catch (error) {
      throw asOutputError(path, error);
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

/** Null where another run is about to enter or to leave: who comes again will see. */
async function enterFile(
  file: OpenFile,
  { path, directory, own, tries }: { path: string; directory: string; own: Holder; tries: number },
): Promise<Entry | null> {
  const lock = await tryLock(file);
  // Whoever was here before may have removed the file that was opened.
  if (!await isSameFile(file, path)) return null;
  const text = await readText(path);
  const holder = parse(text);
  if (lock === "held" && tries < TRIES) {
    if (holder === null || await whetherRunning(holder) === "gone") return null;
  }
  const note = text === "" ? null : await standing(directory, holder, lock);
  using written = await host().files.open(path, { write: true, truncate: true });
  await written.write(new TextEncoder().encode(encodeJson(own)));
  await written.sync();
  // Nobody can read a file that Windows has locked.
  return { note, file: host().process.os === "windows" ? null : file };
}

/** What there is to tell of a lock that counts for nothing; refuses one that counts. */
async function standing(
  directory: string,
  holder: Holder | null,
  lock: SystemLock,
): Promise<string | null> {
  if (holder === null) return `The lock of ${directory} was damaged and is taken over`;
  const { pid, since } = holder;
  const asked = await whetherRunning(holder);
  const keeps = host().process.os !== "windows";
  const state = asked !== "unknown" || !keeps || lock === "none"
    ? asked
    : lock === "held"
    ? "running"
    : "gone";
  if (state === "gone") {
    return `The run that wrote to ${directory} since ${since} was not ended properly: process ${pid} is gone, its lock is taken over`;
  }
  const path = join(directory, LOCK_NAME);
  if (state === "unknown") {
    throw new OutputError(
      `Cannot train in ${directory}: a run, process ${pid}, has written there since ${since}, and whether it still runs may not be asked; add --allow-run, give another output_dir, or make sure that it is over and remove ${path}`,
    );
  }
  throw new OutputError(
    state === "running"
      ? `Cannot train in ${directory}: another run, process ${pid}, writes there since ${since}; wait until it is over, or give another output_dir`
      : `Cannot train in ${directory}: a run on another machine, ${holder.host}, process ${pid}, has written there since ${since}, and whether it still runs cannot be known from here; give another output_dir, or make sure that it is over and remove ${path}`,
  );
}

/**
 * Two that take over the same lock must come one after the other. The system unlocks what is closed, also
 * where a process is killed. Some network file systems have no such locks; there the file alone must do.
 */
async function tryLock(file: OpenFile): Promise<SystemLock> {
  return await file.tryLock().then((taken) => taken ? "taken" : "held", () => "none");
}

async function isSameFile(file: OpenFile, path: string): Promise<boolean> {
  const [opened, named] = [file.stat(), await host().files.stat(path).catch(() => null)];
  return named !== null && opened.ino === named.ino && opened.dev === named.dev;
}

async function holderOf(path: string): Promise<Holder | null> {
  return await readText(path).then(parse, () => null);
}

function parse(text: string): Holder | null {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

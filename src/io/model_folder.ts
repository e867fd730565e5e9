/**
 * The files of a model directory, read with errors that name the directory and what it holds.
 *
 * @module
 */
import { join, SEPARATOR } from "@std/path";
import { InputError } from "../errors.ts";
import { isNotFound } from "../host/file_errors.ts";
import { host } from "../host/host.ts";
import { missingPermission } from "../host/missing_permission.ts";
import { readText } from "../host/read_text.ts";
import { type JsonObject, parseJson, parseTypedObject } from "./json.ts";
import { openSafetensors } from "./open_safetensors.ts";
import type { SafetensorsFile } from "./safetensors.ts";

/** A file of a hub's cache, which the directory of a model there consists of links to. */
const CACHED = /[\\/]models--[^\\/]+[\\/]blobs[\\/][0-9a-f]{40,64}$/;

/**
 * A directory; names of files are relative to it. A symbolic link is followed within the directory and
 * to the files of a hub's cache, and refused where it leads elsewhere: what is read is saved again with
 * the model, and may be uploaded.
 */
export class ModelFolder {
  /** Where it lies. */
  readonly path: string;

  /**
   * Reads nothing.
   *
   * @param path Where it lies.
   */
  constructor(path: string) {
    this.path = path;
  }

  /** The path of a file of it, for messages. */
  source(name: string): string {
    return join(this.path, name);
  }

  /** Tells whether there is a file or directory of this name. */
  async has(name: string): Promise<boolean> {
    return await this.#read(name, (file) => host().files.stat(file)) !== null;
  }

  /** Tells whether the directory itself is there. */
  async exists(): Promise<boolean> {
    return (await readOrNull(this.path, (path) => host().files.stat(path)))?.isDirectory === true;
  }

  /** Reads a text; null when there is no such file. */
  text(name: string): Promise<string | null> {
    return this.#read(name, readText);
  }

  /** Reads a JSON value; undefined when there is no such file. */
  async json(name: string): Promise<unknown> {
    const text = await this.text(name);
    return text === null ? undefined : parseJson(text, this.source(name));
  }

  /** Reads a JSON object; null when there is no such file. */
  async object(name: string): Promise<JsonObject | null> {
    const text = await this.text(name);
    return text === null ? null : parseTypedObject(text, this.source(name));
  }

  /** Reads a JSON object that must be there. */
  async required(name: string): Promise<JsonObject> {
    const value = await this.object(name);
    if (value !== null) return value;
    throw this.lacks(`${name} is missing`);
  }

  /** Opens a file of tensors, each to be read when it is asked for; null when there is no such file. */
  async file(name: string): Promise<SafetensorsFile | null> {
    return await this.#read(name, openSafetensors);
  }

  /**
   * Reads the weights of a module.
   *
   * @param directory The module's directory.
   * @returns Its weights; a tensor is converted when read.
   * @throws {InputError} When they are missing, damaged or of another form.
   */
  async weights(directory: string): Promise<SafetensorsFile> {
    const name = join(directory, "model.safetensors");
    const file = await this.file(name);
    if (file !== null) return file;
    if (await this.has(join(directory, "model.safetensors.index.json"))) {
      throw new InputError(
        `Cannot read model directory ${this.path}: its weights are split over several files; ` +
          "save them again as one model.safetensors",
      );
    }
    const older = join(directory, "pytorch_model.bin");
    if (await this.has(older)) {
      throw new InputError(
        `Cannot read model directory ${this.path}: found ${older}, wanted model.safetensors; ` +
          "convert it with save_pretrained(path, safe_serialization=True) of transformers",
      );
    }
    throw this.lacks(`${name} is missing`);
  }

  /**
   * What to say of a missing file.
   *
   * @param found What is missing.
   * @returns The error.
   */
  lacks(found: string): InputError {
    return new InputError(
      `Cannot read model directory ${this.path}: ${found}; a model directory holds config.json, ` +
        "model.safetensors and tokenizer.json or vocab.txt, and for sentence-transformers " +
        "modules.json and 1_Pooling/config.json",
    );
  }

  async #read<T>(name: string, read: (file: string) => Promise<T>): Promise<T | null> {
    return await readOrNull(this.source(name), async (file) => {
      const [real, own] = await Promise.all([
        host().files.realPath(file),
        host().files.realPath(this.path),
      ]);
      const isInside = real === own ||
        ["/", SEPARATOR].some((end) => real.startsWith(own.endsWith(end) ? own : own + end));
      if (isInside || CACHED.test(real)) return await read(file);
      throw new InputError(
        `Cannot read ${file}: it leads out of the model directory, to ${real}; put the file itself there`,
      );
    });
  }
}

async function readOrNull<T>(
  file: string,
  read: (file: string) => Promise<T>,
): Promise<T | null> {
  try {
    return await read(file);
  } catch (error) {
    if (isNotFound(error)) return null;
    if (error instanceof InputError) throw error;
    const reason = missingPermission(error) ??
      (error instanceof Error ? error.message : String(error));
    throw new InputError(`Cannot read ${file}: ${reason}`, { cause: error });
  }
}

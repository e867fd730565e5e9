/**
 * The tiny BERT of tests/golden on disk, whole or with other files in place of its own.
 *
 * @module
 */
import { fromFileUrl, join } from "@std/path";
import { decodeSafetensors, type NamedArray } from "../../src/io/safetensors.ts";
import { withFolder } from "./with_folder.ts";

/** A model directory in the layout of Hugging Face: config.json, model.safetensors, vocab.txt. */
export const TINY_BERT: string = fromFileUrl(new URL("../golden/bert_tiny", import.meta.url));

/** The content of its config.json. */
export async function tinyConfig(): Promise<Record<string, unknown>> {
  return JSON.parse(await Deno.readTextFile(join(TINY_BERT, "config.json")));
}

/** Its 37 weights by name. */
export async function tinyWeights(): Promise<Map<string, NamedArray>> {
  const file = decodeSafetensors(
    await Deno.readFile(join(TINY_BERT, "model.safetensors")),
    "model.safetensors",
  );
  return new Map([...file.entries.keys()].map((name) => [name, file.read(name)]));
}

/**
 * Runs a test on a directory of the tiny BERT, which is removed afterwards.
 *
 * @param files What differs, by path: a text, bytes, an object for JSON, or null for no file.
 * @param test What to do there.
 */
export async function withTinyBert(
  files: Readonly<Record<string, string | Uint8Array | object | null>>,
  test: (directory: string) => unknown,
): Promise<void> {
  const contents: Record<string, string | Uint8Array> = {};
  for (const name of ["config.json", "model.safetensors", "vocab.txt"]) {
    contents[name] = await Deno.readFile(join(TINY_BERT, name));
  }
  for (const [name, content] of Object.entries(files)) {
    if (content === null) delete contents[name];
    else if (typeof content === "string" || content instanceof Uint8Array) contents[name] = content;
    else contents[name] = JSON.stringify(content);
  }
  await withFolder(contents, test);
}

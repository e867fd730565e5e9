/**
 * A small model on a hub, and what is fetched of it.
 *
 * @module
 */
import { join } from "@std/path";
import type { DownloadProgress } from "../../src/hub/download_file.ts";
import { fetchModel } from "../../src/hub/fetch_model.ts";
import { hubSettings } from "../../src/hub/hub_settings.ts";
import { walk } from "../support/walk.ts";
import { type TestHub, withHub } from "../support/with_hub.ts";

/** Its weights, which are no safetensors: nobody reads them. */
export const WEIGHTS: Uint8Array = Uint8Array.from(
  { length: 200_000 },
  (_, i) => i * 7 + (i >> 8),
);

/** Its list of modules. */
export const MODULES: string = JSON.stringify([
  { idx: 0, name: "0", path: "", type: "sentence_transformers.models.Transformer" },
  { idx: 1, name: "1", path: "1_Pooling", type: "sentence_transformers.models.Pooling" },
]);

/** All files of its repository, `org/small`. */
export const FILES = {
  "modules.json": MODULES,
  "config.json": "{}",
  "tokenizer.json": `{"long": "${"x".repeat(500)}"}`,
  "1_Pooling/config.json": `{"a": 1}`,
  "model.safetensors": WEIGHTS,
  "pytorch_model.bin": "a pickle",
  "onnx/model.onnx": "a graph",
  "train.py": "import os",
  "README.md": "a card",
};

/** Those that it needs, sorted. */
export const NEEDED: readonly string[] = [
  "1_Pooling/config.json",
  "config.json",
  "model.safetensors",
  "modules.json",
  "tokenizer.json",
];

/** Fetches it. */
export async function load(
  revision = "main",
  onDownload?: (progress: DownloadProgress) => void,
): Promise<string> {
  return await fetchModel({ name: "org/small", revision }, {
    settings: await hubSettings(),
    onDownload,
  });
}

/** Files below a directory, links among them, with their contents. */
export async function contents(path: string): Promise<Record<string, Uint8Array>> {
  const names = await walk(path);
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await Deno.readFile(join(path, name))])),
  );
}

/** Runs a test with a hub that has it. */
export async function withModel(
  test: (hub: TestHub) => unknown,
  environment: Record<string, string> = {},
): Promise<void> {
  await withHub(environment, async (hub) => {
    hub.server.add("org/small", FILES);
    await test(hub);
  });
}

/**
 * Which files of a repository a model needs.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import type { ModelModules } from "../io/model_modules.ts";

/** A file of a repository, as the hub lists it. */
export interface HubFile {
  /** Its path in the repository. */
  readonly path: string;
  /** Its length. Unit: bytes. */
  readonly size: number;
  /** SHA-256 of a large file; of others the hash that git has. */
  readonly hash: string;
}

/** The list of modules, which tells where the others keep their files. */
export const MODULES = "modules.json";

/** Beside the modules. */
const OF_MODEL = [MODULES, "config_sentence_transformers.json"];

/** Of the first module, small ones first: who stops in between has what is quickly read. */
const OF_FIRST = [
  /^config\.json$/,
  /^sentence_[a-z-]+_config\.json$/,
  /^(?:tokenizer|tokenizer_config|special_tokens_map|adapter_config)\.json$/,
  /^vocab\.txt$/,
  /^(?:adapter_)?model\.safetensors$/,
];

/**
 * Chooses the files that a model is read from: configurations, tokenizer, weights as safetensors. What
 * else there is, pickles above all, is left where it is.
 *
 * @param files The files of the repository.
 * @param modules Its list of modules; null for a plain encoder.
 * @param repository What errors call it.
 * @returns The files, weights last.
 * @throws {InputError} If weights are missing, or are there in another format.
 */
export function neededFiles(
  files: readonly HubFile[],
  modules: ModelModules | null,
  repository: string,
): HubFile[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const paths = [...OF_MODEL];
  const first = modules?.first.path ?? "";
  for (const pattern of OF_FIRST) {
    paths.push(...[...byPath.keys()].filter((path) => pattern.test(within(first, path) ?? "/")));
  }
  checkWeights(byPath, first, repository);
  for (const { type, path } of modules?.others ?? []) {
    paths.push(inside(path, "config.json"));
    if (type !== "Dense" && type !== "LayerNorm") continue;
    checkWeights(byPath, path, repository);
    paths.push(inside(path, "model.safetensors"));
  }
  const needed = [...new Set(paths)].flatMap((path) => byPath.get(path) ?? []);
  const isWeights = ({ path }: HubFile) => path.endsWith(".safetensors");
  return [...needed.filter((file) => !isWeights(file)), ...needed.filter(isWeights)];
}

function checkWeights(
  files: ReadonlyMap<string, HubFile>,
  directory: string,
  repository: string,
): void {
  const weights = inside(directory, "model.safetensors");
  if (files.has(weights)) return;
  if (files.has(inside(directory, "adapter_model.safetensors"))) return;
  if (files.has(`${weights}.index.json`)) {
    throw new InputError(
      `Cannot load model ${repository}: its weights are split over several files; ` +
        "save them again as one model.safetensors",
    );
  }
  const others = [...files.keys()].filter((path) =>
    /\.(?:bin|pt|pth|ckpt|h5|msgpack|onnx)$/.test(within(directory, path) ?? "")
  );
  throw new InputError(
    `Cannot load model ${repository}: found ${
      others.length === 0 ? "no weights" : others.join(", ")
    }, wanted ${weights}; choose a revision that has it, or convert the model with ` +
      "save_pretrained(path, safe_serialization=True) of transformers",
  );
}

/** A path in the repository; that of a module may end in a slash, or begin with `./`. */
function inside(directory: string, name: string): string {
  return [...directory.split("/"), name].filter((part) => part !== "" && part !== ".").join("/");
}

/** The name of a file directly within a directory; null for others. */
function within(directory: string, path: string): string | null {
  const prefix = inside(directory, "");
  const rest = prefix === ""
    ? path
    : path.startsWith(`${prefix}/`)
    ? path.slice(prefix.length + 1)
    : null;
  return rest === null || rest.includes("/") ? null : rest;
}

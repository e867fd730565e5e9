/**
 * `modules.json`: the chain of modules that a sentence-transformers model consists of, and where each
 * keeps its files.
 *
 * @module
 */
import { isAbsolute, normalize } from "@std/path";
import { z } from "zod";
import { InputError } from "../errors.ts";
import { checkJson } from "./json.ts";

/** The supported modules, in the only order in which they make sense. */
const CHAIN = ["Transformer", "Pooling", "Normalize"] as const;

type ModuleName = typeof CHAIN[number];

/** Directory of each module, relative to the model's. */
export interface ModelModules {
  /** Encoder and tokenizer; often the model's own directory, "". */
  readonly transformer: string;
  /** Pooling. */
  readonly pooling: string;
  /** Normalization to unit length, or null when the model has none. */
  readonly normalize: string | null;
}

const schema = z.array(z.object({ path: z.string(), type: z.string() }));

/**
 * Reads the list of modules.
 *
 * @param value The parsed file.
 * @param source Its name, for error messages.
 * @returns The directory of each module.
 * @throws {InputError} When a module is not supported, out of order or outside of the directory.
 */
export function parseModelModules(value: unknown, source: string): ModelModules {
  const paths = new Map<ModuleName, string>();
  for (const [index, { path, type }] of checkJson(schema, value, source).entries()) {
    const name = type.startsWith("sentence_transformers.") ? type.split(".").at(-1) : undefined;
    const known = CHAIN.find((supported) => supported === name);
    if (known === undefined) {
      throw new InputError(
        `Cannot read ${source}: module ${index} is a ${type}, which is not supported; ` +
          `supported are ${CHAIN.join(", ")}`,
      );
    }
    if (known !== CHAIN[index]) {
      throw new InputError(
        `Cannot read ${source}: module ${index} is a ${known}, ` +
          `wanted ${CHAIN[index] ?? "no further module"}`,
      );
    }
    if (leavesDirectory(path)) {
      throw new InputError(
        `Cannot read ${source}: the path "${path}" of module ${index} leaves the model directory`,
      );
    }
    paths.set(known, path);
  }
  const transformer = paths.get("Transformer");
  const pooling = paths.get("Pooling");
  if (transformer === undefined || pooling === undefined) {
    throw new InputError(
      `Cannot read ${source}: found ${paths.size} modules, wanted a Transformer and a Pooling`,
    );
  }
  return { transformer, pooling, normalize: paths.get("Normalize") ?? null };
}

/** A backslash separates directories on some systems only, so it is refused on all. */
function leavesDirectory(path: string): boolean {
  return path.includes("\\") || isAbsolute(path) || /^\.\.(?:[\\/]|$)/.test(normalize(path));
}

/**
 * Lists the modules as sentence-transformers 3 does, which every later release reads.
 *
 * @param hasNormalize Whether embeddings are normalized to unit length.
 * @returns The list to write.
 */
export function encodeModelModules(hasNormalize: boolean): unknown[] {
  return CHAIN.slice(0, hasNormalize ? 3 : 2).map((name, index) => ({
    idx: index,
    name: String(index),
    path: index === 0 ? "" : `${index}_${name}`,
    type: `sentence_transformers.models.${name}`,
  }));
}

/**
 * `modules.json`: the chain of modules that a sentence-transformers model consists of, and where each
 * keeps its files.
 *
 * @module
 */
import { isAbsolute, normalize } from "@std/path";
import { z } from "zod";
import { InputError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import { checkJson, type JsonObject } from "./json.ts";
import { MODULE_TYPES, type ModuleConfig } from "./module_config.ts";

/** What a model begins with: an encoder that gives token vectors, or a table that gives embeddings. */
export type FirstModule = "Transformer" | "StaticEmbedding";

/** The supported modules. */
export type ModuleType = FirstModule | ModuleConfig["type"];

const FIRST: readonly FirstModule[] = ["Transformer", "StaticEmbedding"];
const SUPPORTED: readonly ModuleType[] = [...FIRST, ...MODULE_TYPES];

/** The `model_type` of a model that begins with a {@linkcode FirstModule} `"StaticEmbedding"`. */
export const STATIC_EMBEDDING = "static-embedding";

/** A module of a model. */
export interface ModuleEntry {
  /** What it is. */
  readonly type: ModuleType;
  /** Its directory, relative to the model's; often the model's own, "", for the first. */
  readonly path: string;
}

/** A list of modules that makes sense. */
export interface ModelModules {
  /** The first. */
  readonly first: { readonly type: FirstModule; readonly path: string };
  /** The others, in order. */
  readonly others: readonly { readonly type: ModuleConfig["type"]; readonly path: string }[];
}

const schema = z.array(z.object({ path: z.string(), type: z.string() }));

/**
 * Reads the list of modules.
 *
 * @param value The parsed file.
 * @param source Its name, for error messages.
 * @returns Type and directory of each module.
 * @throws {InputError} When a module is not supported, out of order or outside of the directory.
 */
export function parseModelModules(value: unknown, source: string): ModelModules {
  const entries = checkJson(schema, value, source).map(({ path, type }, index): ModuleEntry => {
    const found = { path, type: supported(type, index, source) };
    if (leavesDirectory(path)) {
      throw new InputError(
        `Cannot read ${source}: the path "${path}" of module ${index} leaves the model directory`,
      );
    }
    return found;
  });
  checkOrder(entries.map(({ type }) => type), source);
  const [first, ...others] = entries;
  return { first, others } as ModelModules;
}

/** Both eras end the names of their classes alike. */
function supported(type: string, index: number, source: string): ModuleType {
  const name = type.startsWith("sentence_transformers.") ? type.split(".").at(-1)! : "";
  const known = SUPPORTED.find((candidate) => candidate === name);
  if (known !== undefined) return known;
  const guess = nearest(name, SUPPORTED);
  throw new InputError(
    `Cannot read ${source}: module ${index} is a ${type}, which is not supported; ` +
      `supported are ${SUPPORTED.join(", ")}${guess === null ? "" : `; the nearest is "${guess}"`}`,
  );
}

/**
 * Checks that a list of modules makes one vector of a text: a Transformer needs one Pooling, a
 * StaticEmbedding none.
 *
 * @param types The modules, in order.
 * @param source Where they come from, for error messages.
 * @throws {InputError} When it does not.
 */
export function checkOrder(types: readonly ModuleType[], source: string): void {
  const found = types.join(", ") || "no module";
  const refuse = (wanted: string) =>
    new InputError(`Cannot read ${source}: found ${found}, wanted ${wanted}`);
  const isFirst = (type: ModuleType) => FIRST.some((name) => name === type);
  if (types.length === 0 || !isFirst(types[0]) || types.slice(1).some(isFirst)) {
    throw refuse(`one ${FIRST.join(" or ")}, and it first`);
  }
  const pooling = types.indexOf("Pooling");
  if (types[0] === "StaticEmbedding") {
    if (pooling >= 0) throw refuse("no Pooling, since a StaticEmbedding makes one vector a text");
    return;
  }
  if (pooling < 0 || types.lastIndexOf("Pooling") !== pooling) {
    throw refuse("one Pooling after the Transformer");
  }
  const early = types.slice(1, pooling).find((type) => type === "Dropout" || type === "LayerNorm");
  if (early !== undefined) throw refuse(`the ${early} behind the Pooling`);
}

/** A backslash separates directories on some systems only, so it is refused on all. */
function leavesDirectory(path: string): boolean {
  return path.includes("\\") || isAbsolute(path) || /^\.\.(?:[\\/]|$)/.test(normalize(path));
}

/**
 * Which module a model begins with.
 *
 * @param config The content of its `config.json`.
 * @returns The module's type.
 */
export function firstModule(config: JsonObject): FirstModule {
  return config.model_type === STATIC_EMBEDDING ? "StaticEmbedding" : "Transformer";
}

/**
 * The directory of a module as sentence-transformers 3 writes it. With a slash it also precedes the
 * names of the module's parameters, but for the first module, whose parameters have no such prefix.
 *
 * @param index Its place in the list, from 0.
 * @param type What it is.
 * @returns The directory, relative to the model's.
 */
export function modulePath(index: number, type: ModuleType): string {
  return type === "Transformer" ? "" : `${index}_${type}`;
}

/**
 * Lists the modules as sentence-transformers 3 does, which every later release reads.
 *
 * @param types The modules, in order.
 * @returns The list to write.
 */
export function encodeModelModules(types: readonly ModuleType[]): unknown[] {
  return types.map((type, index) => ({
    idx: index,
    name: String(index),
    path: modulePath(index, type),
    type: `sentence_transformers.models.${type}`,
  }));
}

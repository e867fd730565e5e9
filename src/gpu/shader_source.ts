/**
 * From the text of a `.wgsl` file to what a pipeline needs: imports resolved, constants set, and the
 * bindings of every entry point read from the text, so that the shader is the only place that states
 * them.
 *
 * @module
 */
import { SHADER_LIBRARY } from "./shader_library.ts";
import type { DataType, HalfType } from "./tensor.ts";
import { TEXELS, VIEW_WIDTH } from "./texture_views.ts";

/** How an entry point uses a storage buffer or a texture. */
export interface BindingReflection {
  /** The variable's name in the shader. */
  name: string;
  /** Its `@binding` number in `@group(0)`. */
  binding: number;
  /** Whether the shader may write it. */
  writable: boolean;
  /** The format of a texture, which is only read; null for a buffer. */
  texture: GPUTextureFormat | null;
}

/** One four-byte field of a uniform struct. */
export interface FieldReflection {
  /** The field's name. */
  name: string;
  /** Its scalar type. */
  type: "u32" | "i32" | "f32";
}

/** What the text says of one entry point. */
export interface EntryPointReflection {
  /** The storage variables and textures that it reaches, directly or through functions. */
  bindings: BindingReflection[];
  /** The fields of the uniform struct in `@group(1)`; empty when it reads none. */
  fields: FieldReflection[];
}

/** Ends the name of the texture that shows what a state held before. */
export const BEFORE = "_before";

/** How kernels read their large operands: see `texture_views.ts`. */
export type OperandForm = "buffers" | "textures";

/** What a shader's text leaves open. */
export interface AssembleOptions {
  /** Values for `const NAME: u32`, such as the width of a register tile. Default: none. */
  constants?: Readonly<Record<string, number>>;
  /** What operands become. Default: `"buffers"`. */
  operands?: OperandForm;
  /** Element types of operands by name. Default: `"f32"` for each. */
  elements?: Readonly<Record<string, HalfType>>;
  /** Files of shaders/lib that take the place of others. Default: none. */
  imports?: Readonly<Record<string, string>>;
}

/**
 * Resolves `#import lib/name` lines, each file once, declares operands, and puts constants in front.
 *
 * A line `#operand 3 x` stands for a tensor `x` at binding 3 that is only read, four neighbours at a
 * time: `x_quad(i)` gives elements 4 i to 4 i + 3 in f32, however they are stored. It becomes a buffer or
 * a texture. A line `#elements 3 x` stands for one that is read one by one, as `x_at(i)`, from a buffer.
 * A line `#state 3 x` stands for one of f32 that is also written, as `x[i]`; `x_quad(i)` gives what it
 * held before.
 *
 * @param text The shader's text.
 * @param options What the text leaves open.
 * @returns WGSL that a device takes.
 * @throws {SyntaxError} If an imported file does not exist.
 */
export function assembleShader(
  text: string,
  { constants = {}, operands = "buffers", elements = {}, imports = {} }: AssembleOptions = {},
): string {
  const seen = new Set<string>();
  const expand = (source: string): string =>
    source.replace(/^#import\s+(\S+)\s*$/gm, (_line, name: string) => {
      if (seen.has(name)) return "";
      seen.add(name);
      const library = SHADER_LIBRARY[imports[name] ?? name];
      if (library === undefined) {
        throw new SyntaxError(
          `Cannot assemble a shader: "#import ${name}" names no file of shaders/lib; found ${
            Object.keys(SHADER_LIBRARY).join(", ")
          }`,
        );
      }
      return expand(library);
    });
  const header = Object.entries(constants).map(([name, value]) => `const ${name}: u32 = ${value}u;`)
    .join(" ");
  // One line, so that line numbers of a shader without imports stay its file's plus one.
  return `${header}\n${
    expand(text).replace(
      /^#(operand|elements|state)\s+(\d+)\s+(\w+)\s*$/gm,
      (_line, kind: string, binding: string, name: string) => {
        if (kind === "state") return STATES[operands](binding, name);
        const form = kind === "operand" ? operands : "elements";
        return DECLARATIONS[form][elements[name] ?? "f32"](binding, name);
      },
    )
  }`;
}

type Declaration = (binding: string | number, name: string, variable?: string) => string;

const buffer =
  (element: string, access: string, value: (name: string) => string): Declaration =>
  (binding, name) =>
    `@group(0) @binding(${binding}) var<storage, read> ${name}: array<${element}>; ` +
    `fn ${name}_${access} { return ${value(name)}; }`;

const texture =
  (dtype: DataType, value: (texel: string) => string): Declaration =>
  (binding, name, variable = name) => {
    const place = `vec2<u32>(i % ${VIEW_WIDTH}u, i / ${VIEW_WIDTH}u)`;
    const type = `texture_storage_2d<${TEXELS[dtype].format}, read>`;
    return `@group(0) @binding(${binding}) var ${variable}: ${type}; ` +
      `fn ${name}_quad(i: u32) -> vec4<f32> ` +
      `{ return ${value(`textureLoad(${variable}, ${place})`)}; }`;
  };

const QUAD = "quad(i: u32) -> vec4<f32>";
const ONE = "at(i: u32) -> f32";
/** Four numbers from the words of four bfloat16s. */
const widened = (words: string) =>
  `bitcast<vec4<f32>>((${words}.xxyy << vec4<u32>(16u, 0u, 16u, 0u)) & vec4<u32>(0xffff0000u))`;
/** A word that begins with element i, from words of two. */
const shifted = (name: string) => `(${name}[i / 2u] >> (i % 2u * 16u))`;

const DECLARATIONS: Readonly<
  Record<OperandForm | "elements", Readonly<Record<"f32" | HalfType, Declaration>>>
> = {
  buffers: {
    f32: buffer("vec4<f32>", QUAD, (x) => `${x}[i]`),
    f16: buffer(
      "vec2<u32>",
      QUAD,
      (x) => `vec4<f32>(unpack2x16float(${x}[i].x), unpack2x16float(${x}[i].y))`,
    ),
    bf16: buffer("vec2<u32>", QUAD, (x) => widened(`${x}[i]`)),
  },
  textures: {
    f32: texture("f32", (texel) => texel),
    f16: texture("f16", (texel) => texel),
    bf16: texture("bf16", widened),
  },
  elements: {
    f32: buffer("f32", ONE, (x) => `${x}[i]`),
    f16: buffer("u32", ONE, (x) => `unpack2x16float(${shifted(x)}).x`),
    bf16: buffer("u32", ONE, (x) => `bitcast<f32>(${shifted(x)} << 16u)`),
  },
};

/** Bindings of what a state held before lie above all others. */
const BEFORE_BINDING = 16;

const STATES: Readonly<Record<OperandForm, Declaration>> = {
  buffers: (binding, name) =>
    `@group(0) @binding(${binding}) var<storage, read_write> ${name}: array<vec4<f32>>; ` +
    `fn ${name}_quad(i: u32) -> vec4<f32> { return ${name}[i]; }`,
  textures: (binding, name) =>
    `@group(0) @binding(${binding}) var<storage, read_write> ${name}: array<vec4<f32>>; ` +
    DECLARATIONS.textures.f32(Number(binding) + BEFORE_BINDING, name, name + BEFORE),
};

/**
 * Reads bindings and uniform fields of every entry point from WGSL text.
 *
 * @param wgsl Assembled WGSL.
 * @returns Reflection by entry-point name.
 */
export function reflectShader(wgsl: string): Map<string, EntryPointReflection> {
  const text = wgsl.replace(/\/\/[^\n]*/g, "").replace(/\/\*[\s\S]*?\*\//g, "");
  const storage = new Map<string, BindingReflection>();
  const uniforms = new Map<string, FieldReflection[]>();
  const variable =
    /@group\((\d+)\)\s*@binding\((\d+)\)\s*var<\s*(storage|uniform)\s*(?:,\s*(\w+)\s*)?>\s*(\w+)\s*:\s*(\w+)/g;
  for (const [, , binding, space, access, name, type] of text.matchAll(variable)) {
    const writable = access === "read_write";
    if (space === "uniform") uniforms.set(name, structFields(text, type));
    else storage.set(name, { name, binding: Number(binding), writable, texture: null });
  }
  const image = /@binding\((\d+)\)\s*var\s+(\w+)\s*:\s*texture_storage_2d<\s*(\w+)\s*,\s*read\s*>/g;
  for (const [, binding, name, format] of text.matchAll(image)) {
    const texture = format as GPUTextureFormat;
    storage.set(name, { name, binding: Number(binding), writable: false, texture });
  }
  const functions = functionBodies(text);
  const entries = new Map<string, EntryPointReflection>();
  for (const [, name] of text.matchAll(/@compute[^{;]*?\bfn\s+(\w+)/g)) {
    const words = reachableWords(functions, name);
    entries.set(name, {
      bindings: [...storage.values()].filter((b) => words.has(b.name)).sort((a, b) =>
        a.binding - b.binding
      ),
      fields: [...uniforms].find(([uniform]) => words.has(uniform))?.[1] ?? [],
    });
  }
  return entries;
}

function structFields(text: string, type: string): FieldReflection[] {
  const body = new RegExp(`struct\\s+${type}\\s*\\{([^}]*)\\}`).exec(text)?.[1] ?? "";
  return [...body.matchAll(/(\w+)\s*:\s*(u32|i32|f32)/g)].map(([, name, kind]) => ({
    name,
    type: kind as FieldReflection["type"],
  }));
}

function functionBodies(text: string): Map<string, string> {
  const bodies = new Map<string, string>();
  for (const match of text.matchAll(/\bfn\s+(\w+)/g)) {
    const open = text.indexOf("{", match.index);
    let depth = 1;
    let end = open + 1;
    while (depth > 0 && end < text.length) {
      if (text[end] === "{") depth++;
      else if (text[end] === "}") depth--;
      end++;
    }
    bodies.set(match[1], text.slice(open, end));
  }
  return bodies;
}

function reachableWords(functions: Map<string, string>, entryPoint: string): Set<string> {
  const words = new Set<string>([entryPoint]);
  // A set iterates over what is added on the way, so callees of callees are visited too.
  for (const word of words) {
    for (const [name] of (functions.get(word) ?? "").matchAll(/(?<![.\w])[A-Za-z_]\w*/g)) {
      words.add(name);
    }
  }
  return words;
}

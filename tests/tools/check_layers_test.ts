import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  findRuntimeNames,
  findUpwardImports,
  parseModuleGraph,
  readModuleGraph,
} from "../../tools/check_layers.ts";

const allowed: [string, string][] = [
  ["mod.ts", "src/train/trainer.ts"],
  ["cli.ts", "deno.json"],
  ["src/train/trainer.ts", "src/train/state.ts"],
  ["src/losses/mse.ts", "src/ops/tape.ts"],
  ["src/ops/gelu.ts", "shaders/gelu.wgsl"],
  ["src/data/read.ts", "std/path/mod.ts"],
  ["src/schedules/names.ts", "src/nearest.ts"],
  ["tests/ops/gelu_test.ts", "src/ops/gelu.ts"],
  ["tests/reference/gelu.ts", "tests/reference/erf.ts"],
];

const forbidden: [string, string][] = [
  ["src/losses/mse.ts", "src/models/bert.ts"],
  ["src/data/read.ts", "src/gpu/device.ts"],
  ["src/errors.ts", "src/nearest.ts"],
  ["src/nn/linear.ts", "mod.ts"],
  ["src/reporters/console.ts", "src/train/trainer.ts"],
  ["src/ops/gelu.ts", "tests/reference/gelu.ts"],
  ["src/ops/gelu.ts", "src/unplaced/x.ts"],
  ["tests/reference/gelu.ts", "src/errors.ts"],
];

Deno.test("findUpwardImports accepts the same room and lower layers", () => {
  assertEquals(findUpwardImports(allowed.map(([from, to]) => ({ from, to }))), []);
  assertEquals(allowed.length, 9);
});

Deno.test("findUpwardImports names every other import", () => {
  for (const [from, to] of forbidden) {
    const problems = findUpwardImports([{ from, to }]);
    assertEquals(problems.length, 1);
    assert(problems[0].startsWith(`Cannot import ${to} from ${from}: `));
  }
  assertEquals(forbidden.length, 8);
});

Deno.test("parseModuleGraph keeps the repository's modules, with imports of types and at run time", () => {
  const info = {
    modules: [
      { specifier: "data:application/typescript,x", dependencies: [] },
      { specifier: "file:///r/src/b.ts" },
      {
        specifier: "file:///r/src/a.ts",
        dependencies: [
          { code: { specifier: "file:///r/src/b.ts" } },
          { type: { specifier: "file:///r/src/c.ts" } },
          { code: { specifier: "npm:/zod@4" } },
          { code: {} },
        ],
      },
    ],
  };
  assertEquals(parseModuleGraph(JSON.stringify(info), "file:///r/"), {
    modules: ["src/b.ts", "src/a.ts"],
    imports: [{ from: "src/a.ts", to: "src/b.ts" }, { from: "src/a.ts", to: "src/c.ts" }],
  });
});

Deno.test("parseModuleGraph refuses a module that cannot be loaded", () => {
  const info = { modules: [{ specifier: "file:///r/a.ts", error: "Module not found" }] };
  assertThrows(
    () => parseModuleGraph(JSON.stringify(info), "file:///r/"),
    Error,
    "Cannot load file:///r/a.ts: Module not found",
  );
});

Deno.test("readModuleGraph sees the modules that a tool is made of", async () => {
  const { modules, imports } = await readModuleGraph(["tools/check_layers.ts", "src/errors.ts"]);
  assertEquals(modules.toSorted(), [
    "src/errors.ts",
    "std/path/mod.ts",
    "tools/check_layers.ts",
    "tools/repository.ts",
  ]);
  assertEquals(imports.length, 3);
});

Deno.test("findRuntimeNames finds Deno and Node's modules in code of the core", () => {
  const text = [
    "/** Such as `Deno.stat(path)`. */",
    'import { createHash } from "node:crypto";',
    "export const x = 1; // not Deno.cwd()",
    "export const y = () => Deno.cwd();",
    'const zlib = await import("node:zlib");',
  ].join("\n");
  assertEquals(findRuntimeNames("src/io/x.ts", text), [
    "Cannot name node:crypto in src/io/x.ts, line 2: ask src/host/",
    "Cannot name Deno in src/io/x.ts, line 4: ask src/host/",
    "Cannot name node:zlib in src/io/x.ts, line 5: ask src/host/",
  ]);
});

Deno.test("findRuntimeNames lets the command line, MPI and the host name them, and texts", () => {
  const text = "export const y = () => Deno.cwd();";
  for (
    const path of ["src/cli/x.ts", "src/distributed/x.ts", "src/host/deno_host.ts", "tests/x.ts"]
  ) {
    assertEquals(findRuntimeNames(path, text), []);
  }
  const texts = 'const key = Symbol.for("Deno.customInspect"), url = "a://b", name = "Deno";';
  assertEquals(findRuntimeNames("src/io/x.ts", texts), []);
});

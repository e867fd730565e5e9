import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../src/errors.ts";
import { encodeModelModules, parseModelModules } from "../../src/io/model_modules.ts";

const TYPE = "sentence_transformers.models.";

/** Modules of these types, each in a directory of its index. */
function modules(...types: string[]): unknown[] {
  return types.map((type, idx) => ({ idx, name: `${idx}`, path: `${idx}_`, type: TYPE + type }));
}

Deno.test("encodeModelModules() writes the list of sentence-transformers 3", () => {
  assertEquals(encodeModelModules(true), [
    { idx: 0, name: "0", path: "", type: "sentence_transformers.models.Transformer" },
    { idx: 1, name: "1", path: "1_Pooling", type: "sentence_transformers.models.Pooling" },
    { idx: 2, name: "2", path: "2_Normalize", type: "sentence_transformers.models.Normalize" },
  ]);
  assertEquals(encodeModelModules(false), encodeModelModules(true).slice(0, 2));
});

Deno.test("parseModelModules() reads the types of old and new releases", () => {
  assertEquals(
    parseModelModules(modules("Transformer", "Pooling", "Normalize"), "modules.json"),
    { transformer: "0_", pooling: "1_", normalize: "2_" },
  );
  const newest = [
    { path: "", type: "sentence_transformers.base.modules.transformer.Transformer" },
    {
      path: "1_Pooling",
      type: "sentence_transformers.sentence_transformer.modules.pooling.Pooling",
    },
  ];
  assertEquals(parseModelModules(newest, "modules.json"), {
    transformer: "",
    pooling: "1_Pooling",
    normalize: null,
  });
});

Deno.test("parseModelModules() names a module that is not supported or out of order", () => {
  const cases: [unknown, string][] = [
    [
      modules("Transformer", "Pooling", "Dense"),
      "Cannot read modules.json: module 2 is a sentence_transformers.models.Dense, which is not " +
      "supported; supported are Transformer, Pooling, Normalize",
    ],
    [
      [{ path: "", type: "my_code.Transformer" }],
      "module 0 is a my_code.Transformer, which is not",
    ],
    [modules("Pooling", "Transformer"), "module 0 is a Pooling, wanted Transformer"],
    [modules("Transformer", "Normalize"), "module 1 is a Normalize, wanted Pooling"],
    [
      modules("Transformer", "Pooling", "Normalize", "Normalize"),
      "module 3 is a Normalize, wanted no further module",
    ],
    [modules("Transformer"), "found 1 modules, wanted a Transformer and a Pooling"],
    [[], "found 0 modules"],
    [{}, "Cannot read modules.json: invalid input"],
    [[{ path: "" }], "at 0.type: "],
  ];
  assertEquals(cases.length, 9);
  for (const [value, message] of cases) {
    assertThrows(() => parseModelModules(value, "modules.json"), InputError, message);
  }
});

Deno.test("parseModelModules() refuses paths that leave the directory", () => {
  const pathed = (path: string) => [
    { path, type: `${TYPE}Transformer` },
    { path: "1_Pooling", type: `${TYPE}Pooling` },
  ];
  for (const path of ["..", "../other", "a/../../b", "/etc", "..\\other", "a\\..\\..\\b"]) {
    assertThrows(
      () => parseModelModules(pathed(path), "modules.json"),
      InputError,
      `the path "${path}" of module 0 leaves the model directory`,
    );
  }
  for (const path of ["", ".", "0_Transformer", "a/b", "..a", "a/../b"]) {
    assertEquals(parseModelModules(pathed(path), "modules.json").transformer, path);
  }
});

import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../src/errors.ts";
import { encodeModelModules, firstModule, parseModelModules } from "../../src/io/model_modules.ts";

const TYPE = "sentence_transformers.models.";

/** Modules of these types, each in a directory of its index. */
function modules(...types: string[]): unknown[] {
  return types.map((type, idx) => ({ idx, name: `${idx}`, path: `${idx}_`, type: TYPE + type }));
}

Deno.test("encodeModelModules() writes the list of sentence-transformers 3", () => {
  assertEquals(encodeModelModules(["Transformer", "Pooling", "Normalize"]), [
    { idx: 0, name: "0", path: "", type: "sentence_transformers.models.Transformer" },
    { idx: 1, name: "1", path: "1_Pooling", type: "sentence_transformers.models.Pooling" },
    { idx: 2, name: "2", path: "2_Normalize", type: "sentence_transformers.models.Normalize" },
  ]);
  const table = "sentence_transformers.models.StaticEmbedding";
  assertEquals(encodeModelModules(["StaticEmbedding"]), [
    { idx: 0, name: "0", path: "0_StaticEmbedding", type: table },
  ]);
});

Deno.test("parseModelModules() reads the types of old and new releases", () => {
  assertEquals(
    parseModelModules(modules("Transformer", "Pooling", "Normalize"), "modules.json"),
    {
      first: { type: "Transformer", path: "0_" },
      others: [{ type: "Pooling", path: "1_" }, { type: "Normalize", path: "2_" }],
    },
  );
  const base = "sentence_transformers.base.modules.";
  const own = "sentence_transformers.sentence_transformer.modules.";
  const newest = [
    ["", `${base}transformer.Transformer`],
    ["1_Pooling", `${own}pooling.Pooling`],
    ["2_Dense", `${base}dense.Dense`],
    ["3_LayerNorm", `${own}layer_norm.LayerNorm`],
    ["4_Dropout", `${own}dropout.Dropout`],
    ["5_Normalize", `${base}normalize.Normalize`],
  ].map(([path, type]) => ({ path, type }));
  const { first, others } = parseModelModules(newest, "modules.json");
  assertEquals(first, { type: "Transformer", path: "" });
  assertEquals(others.map(({ type }) => type), [
    "Pooling",
    "Dense",
    "LayerNorm",
    "Dropout",
    "Normalize",
  ]);
  const table = [{ path: "", type: `${own}static_embedding.StaticEmbedding` }];
  assertEquals(parseModelModules(table, "modules.json"), {
    first: { type: "StaticEmbedding", path: "" },
    others: [],
  });
});

Deno.test("parseModelModules() takes modules in any order and number that makes an embedding", () => {
  const chains = [
    ["Transformer", "Pooling"],
    ["Transformer", "Dense", "Normalize", "Pooling"],
    ["Transformer", "Pooling", "Dense", "LayerNorm", "Dense", "Dropout", "Normalize", "Normalize"],
    ["StaticEmbedding", "Normalize", "Dense"],
  ];
  for (const chain of chains) {
    const { first, others } = parseModelModules(modules(...chain), "modules.json");
    assertEquals([first, ...others].map(({ type }) => type) as string[], chain);
  }
});

Deno.test("parseModelModules() names a module that is not supported or out of order", () => {
  const cases: [unknown, string][] = [
    [
      modules("Transformer", "Pooling", "Dens"),
      "Cannot read modules.json: module 2 is a sentence_transformers.models.Dens, which is not " +
      "supported; supported are Transformer, StaticEmbedding, Pooling, Dense, Normalize, Dropout, " +
      'LayerNorm; the nearest is "Dense"',
    ],
    [modules("Transformer", "WordWeights", "Pooling"), "module 1 is a "],
    [
      [{ path: "", type: "my_code.Transformer" }],
      "module 0 is a my_code.Transformer, which is not",
    ],
    [
      modules("Pooling", "Transformer"),
      "found Pooling, Transformer, wanted one Transformer or StaticEmbedding, and it first",
    ],
    [modules("Transformer", "Pooling", "Transformer"), "and it first"],
    [modules("Transformer", "Normalize"), "wanted one Pooling after the Transformer"],
    [modules("Transformer", "Pooling", "Pooling"), "wanted one Pooling after the Transformer"],
    [modules("Transformer", "Dropout", "Pooling"), "wanted the Dropout behind the Pooling"],
    [modules("Transformer"), "found Transformer, wanted one Pooling after the Transformer"],
    [modules("StaticEmbedding", "Pooling"), "wanted no Pooling, since a StaticEmbedding makes"],
    [[], "found no module, wanted one"],
    [{}, "Cannot read modules.json: invalid input"],
    [[{ path: "" }], "at 0.type: "],
  ];
  assertEquals(cases.length, 13);
  for (const [value, message] of cases) {
    assertThrows(() => parseModelModules(value, "modules.json"), InputError, message);
  }
});

Deno.test("firstModule() tells a table from an encoder", () => {
  assertEquals(firstModule({ model_type: "static-embedding" }), "StaticEmbedding");
  assertEquals(firstModule({ model_type: "bert" }), "Transformer");
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
    assertEquals(parseModelModules(pathed(path), "modules.json").first.path, path);
  }
});

import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../src/errors.ts";
import {
  encodeModuleConfig,
  MODULE_TYPES,
  type ModuleConfig,
  parseModuleConfig,
  placeAfter,
} from "../../src/io/module_config.ts";

const DENSE: ModuleConfig = {
  type: "Dense",
  inFeatures: 8,
  outFeatures: 4,
  bias: true,
  activation: "identity",
  residual: false,
};
const MODULES: readonly ModuleConfig[] = [
  { type: "Pooling", modes: ["mean", "cls"], includePrompt: false },
  DENSE,
  { type: "Normalize" },
  { type: "Dropout", probability: 0.25 },
  { type: "LayerNorm", dimension: 8 },
];

Deno.test("parseModuleConfig() reads every module as encodeModuleConfig() wrote it", () => {
  assertEquals(MODULES.map(({ type }) => type), MODULE_TYPES as ModuleConfig["type"][]);
  for (const module of MODULES) {
    const pooled = module.type !== "Pooling";
    const value = encodeModuleConfig(module, { pooled, width: 8 });
    assertEquals(value === null, module.type === "Normalize");
    assertEquals(parseModuleConfig(module.type, value ?? {}, { source: "c", pooled }), module);
  }
});

Deno.test("encodeModuleConfig() spells modules as upstream does", () => {
  const place = { pooled: true, width: 8 };
  const spelled = MODULES.slice(3).map((module) => encodeModuleConfig(module, place));
  assertEquals(spelled, [{ dropout: 0.25 }, { dimension: 8 }]);
  assertEquals(parseModuleConfig("Dropout", {}, { source: "c", pooled: true }), {
    type: "Dropout",
    probability: 0.2,
  });
});

Deno.test("parseModuleConfig() lets modules work on token vectors before the pooling alone", () => {
  const tokens = { module_input_name: "token_embeddings", module_output_name: "token_embeddings" };
  const sizes = { in_features: 8, out_features: 4, activation_function: "torch.nn.Identity" };
  for (const module of [DENSE, { type: "Normalize" } as const]) {
    const value = encodeModuleConfig(module, { pooled: false, width: 8 })!;
    assertEquals([value.module_input_name, value.module_output_name], Object.values(tokens));
    const place = { source: "c", pooled: false };
    assertEquals(parseModuleConfig(module.type, value, place), module);
    const input = module.type === "Dense" ? sizes : {};
    assertThrows(
      () => parseModuleConfig(module.type, input, place),
      InputError,
      `Cannot read c: the ${module.type} takes "sentence_embedding", wanted "token_embeddings" ` +
        "where it stands, before the pooling",
    );
    assertThrows(
      () => parseModuleConfig(module.type, value, { source: "c", pooled: true }),
      InputError,
      'takes "token_embeddings", wanted "sentence_embedding" where it stands, behind',
    );
    const half = { ...input, module_input_name: "token_embeddings", module_output_name: "x" };
    assertThrows(
      () => parseModuleConfig(module.type, half, place),
      InputError,
      'takes "token_embeddings" to "x"',
    );
  }
});

Deno.test("parseModuleConfig() refuses values without sense", () => {
  const cases = [["Dropout", { dropout: 1 }], ["LayerNorm", {}], ["Dense", {}]] as const;
  for (const [type, value] of cases) {
    assertThrows(
      () => parseModuleConfig(type, value, { source: "c", pooled: true }),
      InputError,
      "Cannot read c: at ",
    );
  }
});

Deno.test("placeAfter() follows the width from module to module", () => {
  let place = { pooled: false, width: 4 };
  const widths = MODULES.map((module) => {
    place = placeAfter(module, place);
    return [place.pooled, place.width];
  });
  assertEquals(widths, [[true, 8], [true, 4], [true, 4], [true, 4], [true, 4]]);
  assertEquals(placeAfter(DENSE, { pooled: false, width: 8 }), { pooled: false, width: 4 });
});

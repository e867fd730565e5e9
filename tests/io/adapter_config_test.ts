import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../src/errors.ts";
import { encodeAdapterConfig, parseAdapterConfig } from "../../src/io/adapter_config.ts";

const CONFIG = {
  r: 16,
  lora_alpha: 32,
  lora_dropout: 0.1,
  target_modules: ["Wo", "Wqkv"],
  use_rslora: true,
  base_model_name_or_path: "base",
};

Deno.test("parseAdapterConfig() reads what encodeAdapterConfig() wrote, and what PEFT writes", () => {
  assertEquals(parseAdapterConfig(encodeAdapterConfig(CONFIG), "file"), CONFIG);
  // Keys that PEFT 0.15 writes of an adapter without special features.
  const more = {
    alpha_pattern: {},
    auto_mapping: null,
    corda_config: null,
    exclude_modules: null,
    init_lora_weights: true,
    layers_pattern: null,
    layers_to_transform: null,
    loftq_config: {},
    lora_bias: false,
    megatron_core: "megatron.core",
    modules_to_save: null,
    rank_pattern: {},
    revision: null,
    trainable_token_indices: null,
    use_dora: false,
  };
  const value = { ...encodeAdapterConfig(CONFIG), ...more };
  assertEquals(parseAdapterConfig(value, "file"), CONFIG);
});

Deno.test("parseAdapterConfig() refuses what would compute something else", () => {
  const refused: [object, string][] = [
    [{ peft_type: "IA3" }, "peft_type"],
    [{ r: 0 }, "r"],
    [{ bias: "all" }, "bias"],
    [{ use_dora: true }, "use_dora"],
    [{ fan_in_fan_out: true }, "fan_in_fan_out"],
    [{ rank_pattern: { query: 4 } }, "rank_pattern"],
    [{ modules_to_save: ["classifier"] }, "modules_to_save"],
    [{ target_modules: null }, "target_modules"],
    [{ base_model_name_or_path: null }, "base_model_name_or_path"],
  ];
  for (const [change, key] of refused) {
    const value = { ...encodeAdapterConfig(CONFIG), ...change };
    const run = () => parseAdapterConfig(value, "file");
    assertThrows(run, InputError, `Cannot read file: at ${key}`);
  }
});

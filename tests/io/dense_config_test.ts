import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../src/errors.ts";
import {
  type DenseActivation,
  encodeDenseConfig,
  parseDenseConfig,
} from "../../src/io/dense_config.ts";

const DENSE = { inFeatures: 768, outFeatures: 256, bias: true, residual: false } as const;

Deno.test("parseDenseConfig() reads what upstream writes, of both eras", () => {
  const older = {
    in_features: 768,
    out_features: 256,
    bias: true,
    activation_function: "torch.nn.modules.activation.Tanh",
  };
  const newest = {
    ...older,
    module_input_name: "sentence_embedding",
    module_output_name: "sentence_embedding",
  };
  for (const value of [older, newest]) {
    assertEquals(parseDenseConfig(value, "c"), { ...DENSE, activation: "tanh" });
  }
  assertEquals(parseDenseConfig({ in_features: 8, out_features: 4, use_residual: true }, "c"), {
    inFeatures: 8,
    outFeatures: 4,
    bias: true,
    activation: "tanh",
    residual: true,
  });
});

Deno.test("encodeDenseConfig() writes the keys of sentence-transformers 3 and every activation", () => {
  const names: Record<DenseActivation, string> = {
    tanh: "torch.nn.modules.activation.Tanh",
    identity: "torch.nn.modules.linear.Identity",
    relu: "torch.nn.modules.activation.ReLU",
    gelu: "torch.nn.modules.activation.GELU",
    silu: "torch.nn.modules.activation.SiLU",
    sigmoid: "torch.nn.modules.activation.Sigmoid",
  };
  for (const [name, activation_function] of Object.entries(names)) {
    const dense = { ...DENSE, bias: false, activation: name as DenseActivation };
    const value = encodeDenseConfig(dense);
    assertEquals(
      JSON.stringify(value),
      JSON.stringify({ in_features: 768, out_features: 256, bias: false, activation_function }),
    );
    assertEquals(parseDenseConfig(value, "c"), dense);
  }
  const residual = { ...DENSE, activation: "gelu", residual: true } as const;
  assertEquals(parseDenseConfig(encodeDenseConfig(residual), "c"), residual);
});

Deno.test("parseDenseConfig() refuses unknown activations and wrong sizes", () => {
  const sizes = { in_features: 8, out_features: 4 };
  assertThrows(
    () => parseDenseConfig({ ...sizes, activation_function: "torch.nn.modules.linear.Tanh" }, "c"),
    InputError,
    'Cannot read c: activation_function is "torch.nn.modules.linear.Tanh", wanted one of ' +
      "torch.nn.modules.activation.Tanh, ",
  );
  for (const [key, value] of [["in_features", 0], ["out_features", "4"], ["bias", 1]] as const) {
    assertThrows(
      () => parseDenseConfig({ ...sizes, [key]: value }, "c"),
      InputError,
      `Cannot read c: at ${key}: `,
    );
  }
});

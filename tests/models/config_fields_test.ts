import { assertEquals, assertThrows } from "@std/assert";
import { z } from "zod";
import { checkJson } from "../../src/io/json.ts";
import { activation, activationOf, withSizes } from "../../src/models/config_fields.ts";

Deno.test("activationOf() knows the names that transformers has for an activation", () => {
  const kinds = Object.keys(activation.enum).map((name) => [
    name,
    activationOf(activation.parse(name)),
  ]);
  assertEquals(kinds, [
    ["gelu", "gelu"],
    ["gelu_python", "gelu"],
    ["gelu_new", "gelu_tanh"],
    ["gelu_pytorch_tanh", "gelu_tanh"],
    ["relu", "relu"],
    ["silu", "silu"],
    ["swish", "silu"],
  ]);
});

Deno.test("withSizes() asks for heads that divide the width and for whole vectors", () => {
  const fields = z.object({ width: z.int(), heads: z.int(), inner: z.int() });
  const schema = withSizes(fields, { width: "width", heads: "heads", inner: "inner", multiple: 8 });
  const check = (width: number, heads: number, inner: number) =>
    checkJson(schema, { width, heads, inner }, "config.json");
  assertEquals(check(48, 2, 12), { width: 48, heads: 2, inner: 12 });
  const refused = (sizes: [number, number, number], reason: string) =>
    assertThrows(() => check(...sizes), Error, `Cannot read config.json: at ${reason}`);
  refused([48, 5, 12], "heads: does not divide width");
  refused([48, 4, 12], "heads: width over it is the width of a head, wanted a multiple of 8");
  refused([136, 1, 12], "heads: width over it is the width of a head");
  refused([48, 2, 10], "inner: wanted a multiple of 4");
});

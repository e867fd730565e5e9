import { assertEquals } from "@std/assert";
import { z } from "zod";
import { argumentFields } from "../../../src/train/arguments/fields.ts";
import { argumentsJsonSchema, jsonSchemaOf } from "../../../src/train/arguments/json_schema.ts";

Deno.test("jsonSchemaOf() keeps the limits that are meant and no others", () => {
  assertEquals(jsonSchemaOf(z.int()), { type: "integer" });
  assertEquals(jsonSchemaOf(z.int().min(1)), { type: "integer", minimum: 1 });
  assertEquals(jsonSchemaOf(z.number().min(0).lt(1)), {
    type: "number",
    minimum: 0,
    exclusiveMaximum: 1,
  });
});

Deno.test("argumentsJsonSchema() describes all 120 arguments and the 2 later ones and allows no others", () => {
  const schema = argumentsJsonSchema();
  assertEquals(Object.keys(schema.properties!), [...argumentFields.keys(), "eval_strategy"]);
  assertEquals(Object.keys(schema.properties!).length, 120 + 2 + 1);
  assertEquals(schema.properties!.eval_strategy, schema.properties!.evaluation_strategy);
  assertEquals(schema.additionalProperties, false);
  assertEquals(schema.properties!.save_strategy, {
    description: argumentFields.get("save_strategy")!.doc,
    default: "steps",
    type: "string",
    enum: ["no", "steps", "epoch", "best"],
  });
  assertEquals(schema.properties!.no_cuda, {
    description: "The older name of use_cpu. Sets use_cpu.",
    deprecated: true,
    default: false,
    type: "boolean",
  });
});

Deno.test("argumentsJsonSchema() is plain JSON with a default for each argument", () => {
  const { properties } = JSON.parse(JSON.stringify(argumentsJsonSchema()));
  for (const [name, field] of argumentFields) assertEquals(properties[name].default, field.default);
});

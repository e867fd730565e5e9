import { assertEquals } from "@std/assert";
import type { ArgumentValues } from "../../../src/train/arguments/argument_values.ts";
import { type CamelCase, camelCase } from "../../../src/train/arguments/camel_case.ts";
import type { Field } from "../../../src/train/arguments/field.ts";
import {
  type ArgumentFields,
  argumentFields,
  type ArgumentName,
} from "../../../src/train/arguments/fields.ts";
import { SentenceTransformerTrainingArguments } from "../../../src/train/arguments/sentence_transformer_training_arguments.ts";

/** The properties as the records have them. */
type Recorded = {
  [Name in ArgumentName as CamelCase<Name>]: ArgumentFields[Name] extends Field<infer T> ? T
    : never;
};

Deno.test("ArgumentValues has the types of the records", () => {
  const values: ArgumentValues = { ...new SentenceTransformerTrainingArguments() };
  const recorded: Recorded = values;
  const again: ArgumentValues = recorded;
  assertEquals(Object.keys(again).length, 120 + 2);
});

/** Names and docs of the properties that a module declares. */
async function declared(stem: string): Promise<string[][]> {
  const module = new URL(`../../../src/train/arguments/${stem}.ts`, import.meta.url);
  const text = await Deno.readTextFile(module);
  return [...text.matchAll(/^ {2}\/\*\*(.+?)\*\/\n {2}(\w+): /gms)]
    .map(([, doc, name]) => [name, doc.replace(/\s+(\* )?/g, " ").trim()]);
}

Deno.test("ArgumentValues and DeviceArgumentValues have the docs of the records, in their order", async () => {
  const values = await declared("argument_values");
  const deviceValues = await declared("device_argument_values");
  assertEquals(values.length + deviceValues.length, 120 + 2);
  const expected = [...argumentFields].map(([name, { doc }]) => [camelCase(name), doc]);
  const isDevice = ([name]: string[]) => deviceValues.some(([other]) => other === name);
  assertEquals(deviceValues, expected.filter(isDevice));
  assertEquals(values, expected.filter((property) => !isDevice(property)));
});

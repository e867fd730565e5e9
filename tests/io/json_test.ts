import { assertEquals, assertThrows } from "@std/assert";
import { z } from "zod";
import { InputError } from "../../src/errors.ts";
import {
  checkJson,
  encodeJson,
  encodeSortedJson,
  isJsonObject,
  parseJson,
  parseJsonObject,
  parseTypedObject,
} from "../../src/io/json.ts";

Deno.test("isJsonObject() tells objects from lists and null", () => {
  assertEquals([{}, [], null, "a", 1].map(isJsonObject), [true, false, false, false, false]);
});

Deno.test("parseJsonObject() names the file and what it found", () => {
  assertEquals(parseJsonObject('{"a": 1}', "a.json"), { a: 1 });
  const cases: [string, string][] = [["[1]", "a list"], ["null", "null"], ["3", "a number"]];
  for (const [text, found] of cases) {
    assertThrows(
      () => parseJsonObject(text, "a.json"),
      InputError,
      `Cannot read a.json: found ${found}, wanted a JSON object`,
    );
  }
  assertThrows(() => parseJson("{", "a.json"), InputError, "Cannot read a.json: it is not JSON (");
});

Deno.test("checkJson() names the place of the first misfit", () => {
  const schema = z.object({ list: z.array(z.object({ size: z.number() })) });
  assertEquals(checkJson(schema, { list: [{ size: 1 }] }, "a.json"), { list: [{ size: 1 }] });
  assertThrows(
    () => checkJson(schema, { list: [{ size: 1 }, { size: "2" }] }, "a.json"),
    InputError,
    "Cannot read a.json: at list.1.size: invalid input: expected number, received string",
  );
  assertThrows(() => checkJson(schema, 3, "a.json"), InputError, "Cannot read a.json: invalid");
});

Deno.test("encodeJson() keeps the order of keys, encodeSortedJson() sorts at every depth", () => {
  const value = { b: 1, a: [{ d: null, c: "x" }] };
  assertEquals(
    encodeJson(value),
    '{\n  "b": 1,\n  "a": [\n    {\n      "d": null,\n      "c": "x"\n    }\n  ]\n}\n',
  );
  assertEquals(
    encodeSortedJson(value),
    '{\n  "a": [\n    {\n      "c": "x",\n      "d": null\n    }\n  ],\n  "b": 1\n}\n',
  );
});

Deno.test("encodeJson() writes whole numbers as floats where parseTypedObject() read them so", () => {
  const text = '{"a":2.0,"b":2,"c":1e-12,"d":[160000.0,1],"e":{"f":-0.5,"g":-3.00},"h":"4.0"}';
  const value = parseTypedObject(text, "config.json");
  assertEquals(value, JSON.parse(text));
  const written = (encoded: string) => encoded.replaceAll(/\s/g, "");
  const expected = '{"a":2.0,"b":2,"c":1e-12,"d":[160000.0,1],"e":{"f":-0.5,"g":-3.0},"h":"4.0"}';
  assertEquals(written(encodeJson(value)), expected);
  assertEquals(written(encodeSortedJson(value)), expected);
  // What is changed later is written as it is then.
  assertEquals(written(encodeJson(Object.assign(value, { a: 1.5 }))).slice(0, 8), '{"a":1.5');
  assertThrows(() => parseTypedObject("[1.0]", "config.json"), InputError, "config.json");
});

Deno.test("parseJson() and parseTypedObject() refuse what is nested too deeply", () => {
  const nested = (levels: number) => '{"a":' + "[".repeat(levels) + "]".repeat(levels) + "}";
  for (const parse of [parseJson, parseTypedObject]) {
    parse(nested(499), "a.json");
    for (const levels of [500, 100_000]) {
      assertThrows(
        () => parse(nested(levels), "a.json"),
        InputError,
        "Cannot read a.json: found lists and objects within each other, wanted at most 500 levels",
      );
    }
  }
});

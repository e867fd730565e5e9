import { assertEquals } from "@std/assert";
import { classNames } from "../../../src/data/readers/class_names.ts";

Deno.test("classNames() finds the columns that count classes", () => {
  const features = {
    premise: { dtype: "string", _type: "Value" },
    label: { names: ["entailment", "neutral"], _type: "ClassLabel" },
    labels: { feature: { names: ["a"], _type: "ClassLabel" }, _type: "List" },
    empty: { names: [], _type: "ClassLabel" },
    odd: { names: [1], _type: "ClassLabel" },
    none: null,
  };
  const description = JSON.stringify({ info: { features } });
  assertEquals([...classNames(description)], [["label", ["entailment", "neutral"]]]);
});

Deno.test("classNames() takes what it does not know for nothing", () => {
  const others = [undefined, null, "", "{", "null", "[]", '"x"', '{"info": null}', '{"info": {}}'];
  for (const other of [...others, '{"info": {"features": 3}}']) {
    assertEquals(classNames(other).size, 0, String(other));
  }
});

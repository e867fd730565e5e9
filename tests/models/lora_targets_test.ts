import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { loraTargets } from "../../src/models/lora_targets.ts";

const NAMES = ["layer.0.self.query", "layer.0.dense", "layer.1.self.query", "layer.1.dense"];

Deno.test("loraTargets() takes whole names, ends from a dot on, and regular expressions", () => {
  const cases: [string | string[], string[]][] = [
    [["query"], [NAMES[0], NAMES[2]]],
    [["self.query", "layer.1.dense"], [NAMES[0], NAMES[2], NAMES[3]]],
    ["all-linear", NAMES],
    ["layer\\.0\\..*", NAMES.slice(0, 2)],
    ["layer.1.dense|layer.0.dense", [NAMES[1], NAMES[3]]],
  ];
  for (const [targets, expected] of cases) {
    assertEquals([...loraTargets(targets, NAMES)].sort(), [...expected].sort());
  }
});

Deno.test("loraTargets() refuses targets that mean nothing", () => {
  // An end that is not from a dot on, and an expression that matches a part alone.
  for (const targets of [["query", "uery"], "query", ["dense", "pooler"]]) {
    assertThrows(() => loraTargets(targets, NAMES), UsageError, "not found in the base model");
  }
  assertThrows(() => loraTargets("(", NAMES), UsageError, 'target_modules is "("');
  assertThrows(() => loraTargets(["query"], []), UsageError, "no linear layers");
});

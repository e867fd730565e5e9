import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { argumentFields } from "../../../src/train/arguments/fields.ts";
import { testGpu } from "../../support/gpu.ts";
import { EFFECTS } from "./effects.ts";
import { EFFECTS_OF_REPORTS } from "./effects_of_reports.ts";
import { observedRun } from "./observed_run.ts";

const ALL = { ...EFFECTS, ...EFFECTS_OF_REPORTS };

for (const [name, effect] of Object.entries(ALL)) {
  if ("elsewhere" in effect) {
    Deno.test(`${name} has an effect, which ${effect.elsewhere} shows`, async () => {
      assertMatch(await Deno.readTextFile(effect.elsewhere), new RegExp(`\\b${name}\\b`));
    });
    continue;
  }
  Deno.test(`${name} has an effect`, async () => {
    const gpu = await testGpu();
    const { base = {}, change, inputs = () => ({}), of = ({ weights }) => weights, is } = effect;
    const before = of(await observedRun(gpu, base, inputs()));
    const after = of(await observedRun(gpu, { ...base, ...change }, inputs()));
    if (is === undefined) assertNotEquals(after, before);
    else assertEquals([before, after], is);
  });
}

Deno.test("every argument that has an effect is shown to have it", () => {
  const effective = [...argumentFields]
    .filter(([, { support }]) => support.kind === "effect").map(([name]) => name);
  assertEquals(effective.length, 83);
  assertEquals(effective.filter((name) => !(name in ALL)), []);
  assertEquals(Object.keys(ALL).length, 84); // and debug, of which one value is honoured
  assert("debug" in ALL);
});

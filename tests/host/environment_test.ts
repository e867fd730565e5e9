import { assertEquals, assertThrows } from "@std/assert";
import { environmentVariable } from "../../src/host/environment.ts";
import { withEnvironment } from "../support/with_environment.ts";

const NAME = "SENTRAIN_TEST_VARIABLE";

Deno.test("environmentVariable() reads what is set", async () => {
  await withEnvironment({ [NAME]: "x" }, () => assertEquals(environmentVariable(NAME), "x"));
  await withEnvironment({ [NAME]: undefined }, () => {
    assertEquals(environmentVariable(NAME), undefined);
  });
});

Deno.test({
  name: "environmentVariable() is as if not set where it is not permitted",
  permissions: { env: ["PATH"] },
  fn: () => {
    assertThrows(() => Deno.env.get("HOME"), Deno.errors.NotCapable);
    assertEquals(environmentVariable("HOME"), undefined);
    assertEquals(environmentVariable("PATH"), Deno.env.get("PATH"));
  },
});

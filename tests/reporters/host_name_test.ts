import { assertMatch } from "@std/assert";
import { hostName } from "../../src/reporters/host_name.ts";

Deno.test("hostName() may stand in a file's name", () => {
  assertMatch(hostName(), /^[\w.-]+$/);
});

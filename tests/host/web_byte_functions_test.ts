import { webByteFunctions } from "../../src/host/web_byte_functions.ts";
import { BYTE_CASES } from "../support/byte_cases.ts";

for (const [what, run] of Object.entries(BYTE_CASES)) {
  Deno.test(`the web's work on bytes: ${what}`, () => run(webByteFunctions));
}

import { assertEquals } from "@std/assert";
import { hubFields } from "../../../../src/train/arguments/fields/hub.ts";
import { assertRange, defaultsOf, namesOf } from "./records.ts";

Deno.test("hubFields have the defaults of upstream", () => {
  assertEquals(defaultsOf(hubFields), {
    push_to_hub: false,
    hub_model_id: null,
    hub_strategy: "every_save",
    hub_token: null,
    hub_private_repo: false,
    hub_always_push: false,
    push_to_hub_model_id: null,
    push_to_hub_organization: null,
    push_to_hub_token: null,
  });
});

Deno.test("hubFields take what is in range", () => {
  assertRange(hubFields.hub_strategy, ["end", "all_checkpoints"], ["always", null]);
  assertRange(hubFields.hub_model_id, ["name/model", null], [1]);
  assertRange(hubFields.push_to_hub, [true, false], [null]);
});

Deno.test("hubFields say what is not honoured", () => {
  assertEquals(namesOf(hubFields, "refused"), Object.keys(hubFields));
});

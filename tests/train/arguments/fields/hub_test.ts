import { assert, assertEquals } from "@std/assert";
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

Deno.test("hubFields are all honoured", () => {
  const names = Object.keys(hubFields);
  assertEquals(names.length, 9);
  assertEquals(namesOf(hubFields, "effect"), names.slice(0, 6));
  assertEquals(namesOf(hubFields, "alias"), names.slice(6));
});

Deno.test("hubFields put hub_model_id together of its two older names", () => {
  const { support } = hubFields.push_to_hub_organization;
  assert(support.kind === "alias" && support.from !== undefined);
  const ids = [["me", "encoder"], [null, "encoder"], ["me", null]].map(([organization, model]) =>
    support.from!({
      output_dir: "runs/first",
      push_to_hub_organization: organization,
      push_to_hub_model_id: model,
    })
  );
  assertEquals(ids, ["me/encoder", "encoder", "me/first"]);
});

import { assertEquals, assertThrows } from "@std/assert";
import { adapterOf } from "../../src/cli/adapter_of.ts";
import { UsageError } from "../../src/errors.ts";

type Own = Parameters<typeof adapterOf>[0]["own"];

const own = (flags: Record<string, string>) =>
  new Map(Object.entries(flags).map(([name, text]) => [name, [text]])) as unknown as Own;

Deno.test("adapterOf() reads rank, factor, dropout and targets", () => {
  assertEquals(adapterOf({ own: own({ model: "m" }) }), undefined);
  const flags = { model: "m", "lora-rank": "4", "lora-alpha": "8", "lora-dropout": "0.1" };
  const options = { r: 4, lora_alpha: 8, lora_dropout: 0.1 };
  assertEquals(adapterOf({ own: own({ ...flags, "lora-target-modules": "query,value" }) }), {
    ...options,
    target_modules: ["query", "value"],
  });
  assertEquals(adapterOf({ own: own({ ...flags, "lora-target-modules": "all-linear" }) }), {
    ...options,
    target_modules: "all-linear",
  });
  const { target_modules } = adapterOf({ own: own(flags) })!;
  assertEquals(target_modules, undefined);
});

Deno.test("adapterOf() refuses flags without a rank or a model, and what is no number", () => {
  const refused: [Record<string, string>, string][] = [
    [{ model: "m", "lora-alpha": "8" }, "Cannot use --lora-alpha 8 without --lora-rank"],
    [{ "lora-target-modules": "a" }, "Cannot use --lora-target-modules a without --lora-rank"],
    [{ "lora-rank": "8" }, "Cannot use --lora-rank without --model"],
    [{ model: "m", "lora-rank": "0" }, "Cannot read --lora-rank"],
    [{ model: "m", "lora-rank": "1", "lora-dropout": "x" }, "Cannot read --lora-dropout"],
  ];
  for (const [flags, message] of refused) {
    assertThrows(() => adapterOf({ own: own(flags) }), UsageError, message);
  }
});

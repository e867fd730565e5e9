import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { readOptimArgs } from "../../src/optim/optim_args.ts";

const DEFAULTS = { momentum: 0, nesterov: false, momentum_dtype: "float32" };

Deno.test("readOptimArgs takes the defaults where nothing is given", () => {
  for (const text of [null, "", " "]) assertEquals(readOptimArgs("sgd", text, DEFAULTS), DEFAULTS);
});

Deno.test("readOptimArgs reads numbers, truth values as upstream, and texts", () => {
  assertEquals(
    readOptimArgs("sgd", "momentum = 9e-1, nesterov=True,momentum_dtype=bfloat16", DEFAULTS),
    { momentum: 0.9, nesterov: true, momentum_dtype: "bfloat16" },
  );
  const truth = (text: string) => readOptimArgs("sgd", `nesterov=${text}`, DEFAULTS).nesterov;
  assertEquals(["1", "yes", "ON", "0", "no", "Off"].map(truth), [
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
});

Deno.test("readOptimArgs refuses what is unknown, malformed or of another type", () => {
  const cases = {
    "momentun=1":
      '"momentun" is unknown; it takes momentum, nesterov, momentum_dtype; the nearest is "momentum"',
    "zzz=1": '"zzz" is unknown; it takes momentum, nesterov, momentum_dtype',
    "momentum": '"momentum" is not of the form name=value; write such as "momentum=0.9"',
    "momentum=": '"momentum=" is not of the form name=value; write such as "momentum=0.9"',
    "momentum=1=2": '"momentum=1=2" is not of the form name=value; write such as "momentum=0.9"',
    "momentum=much": 'momentum is "much"; wanted a number from 0',
    "momentum=-1": 'momentum is "-1"; wanted a number from 0',
    "nesterov=maybe": 'nesterov is "maybe"; wanted true or false',
  };
  for (const [text, problem] of Object.entries(cases)) {
    const error = assertThrows(() => readOptimArgs("sgd", text, DEFAULTS), UsageError);
    assertEquals(error.message, `Cannot set optim_args of optimizer "sgd": ${problem}`);
  }
  assertThrows(
    () => readOptimArgs("adamw_torch", "eps=1", {}),
    UsageError,
    '"eps" is unknown; it takes none',
  );
});

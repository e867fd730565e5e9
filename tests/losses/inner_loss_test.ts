import { assert, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { isLoss, withInnerLoss } from "../../src/losses/inner_loss.ts";
import type { Loss } from "../../src/losses/loss.ts";
import { MSELoss } from "../../src/losses/mse_loss.ts";
import { createLoss } from "../../src/losses/names.ts";

Deno.test("withInnerLoss() puts a loss in the place of its name", () => {
  const created: unknown[] = [];
  const made = new MSELoss();
  const create = (...arguments_: unknown[]): Loss => {
    created.push(arguments_);
    return made;
  };
  const resolve = (loss: unknown) => withInnerLoss("X", { scale: 3, loss }, create);
  assertEquals(resolve("A"), { scale: 3, loss: made });
  assertEquals(resolve({ name: "B" }), { scale: 3, loss: made });
  assertEquals(resolve({ name: "C", options: { d: 1 } }), { scale: 3, loss: made });
  assertEquals(created, [["A"], ["B", undefined], ["C", { d: 1 }]]);
  const other = new MSELoss();
  assert(resolve(other).loss === other);
});

Deno.test("withInnerLoss() refuses what names no loss", () => {
  const create = (): Loss => new MSELoss();
  for (
    const loss of [
      undefined,
      null,
      3,
      [],
      {},
      { name: "A", option: {} },
      { name: "A", options: 3 },
      { name: 1 },
    ]
  ) {
    assertThrows(
      () => withInnerLoss("X", { loss }, create),
      UsageError,
      `Cannot set up X: loss is ${JSON.stringify(loss)}, wanted the name of a loss`,
    );
  }
});

Deno.test("isLoss() knows a loss", () => {
  assert(isLoss(new MSELoss()));
  for (const value of [null, undefined, "MSELoss", {}, { forward: 1 }]) assert(!isLoss(value));
});

Deno.test("createLoss() makes modifiers of what configurations name", () => {
  const matryoshka_dims = [8, 4];
  const spread = { name: "DistillKLDivLoss", options: { temperature: 2 } };
  for (
    const [name, options] of [
      ["MatryoshkaLoss", { matryoshka_dims }],
      ["AdaptiveLayerLoss", {}],
      ["Matryoshka2dLoss", { matryoshka_dims }],
    ] as const
  ) {
    const { name: made, config } = createLoss(name, { ...options, loss: spread });
    assertEquals(made, name);
    const { name: inner, options: given } = config.loss as typeof spread;
    assertEquals([inner, given.temperature], ["DistillKLDivLoss", 2]);
    // What it says of itself makes it again.
    assertEquals(createLoss(name, config).config, config);
    assertEquals(createLoss(name, { ...options, loss: "MSELoss" }).config.loss, {
      name: "MSELoss",
      options: {},
    });
    assertThrows(
      () => createLoss(name, options),
      UsageError,
      `Cannot set up ${name}: loss is undefined, wanted the name of a loss`,
    );
  }
});

Deno.test("createLoss() makes a modifier of a modifier", () => {
  const loss = { name: "MatryoshkaLoss", options: { loss: "MSELoss", matryoshka_dims: [4] } };
  const { config } = createLoss("AdaptiveLayerLoss", { loss });
  assertEquals((config.loss as typeof loss).name, "MatryoshkaLoss");
});

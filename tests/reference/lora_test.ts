import { assertEquals } from "@std/assert";
import { dot, gradientCheck } from "../support/gradient_check.ts";
import { type LoraInput, loraLinear, loraLinearBackward } from "./lora.ts";
import { normalValues } from "./random_values.ts";

Deno.test("loraLinear() adds updates to their columns; its gradients are central differences", () => {
  const [T, K, N, r, total] = [3, 4, 2, 2, 6];
  const input: LoraInput = {
    x: normalValues(T * K, 1),
    weight: normalValues(total * K, 2),
    bias: normalValues(total, 3),
    updates: [0, 4].map((first) => ({
      first,
      a: normalValues(r * K, 4 + first),
      b: normalValues(N * r, 5 + first),
    })),
    scale: 0.75,
    ...{ T, K, N, r, total },
  };
  const dY = normalValues(T * total, 20);
  const { dX, dA, dB } = loraLinearBackward(input, dY);
  const of = (change: Partial<LoraInput>) => dot(loraLinear({ ...input, ...change }), dY);
  gradientCheck((x) => of({ x }), input.x, dX);
  let seen = 0;
  for (const [i, update] of input.updates.entries()) {
    const changed = (change: object) =>
      of({ updates: input.updates.map((u, j) => i === j ? { ...u, ...change } : u) });
    gradientCheck((a) => changed({ a }), update.a, dA[i]);
    gradientCheck((b) => changed({ b }), update.b, dB[i]);
    seen++;
  }
  assertEquals(seen, 2);
  const without = loraLinear({ ...input, updates: [] });
  const y = loraLinear(input);
  const changed = [...y].flatMap((value, i) => value === without[i] ? [] : [i % total]);
  assertEquals([...new Set(changed)].sort(), [0, 1, 4, 5]);
});

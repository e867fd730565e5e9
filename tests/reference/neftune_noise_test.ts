import { assert, assertEquals } from "@std/assert";
import { dot, gradientCheck } from "../support/gradient_check.ts";
import { neftuneNoise, neftuneNoiseBackward, uniform } from "./neftune_noise.ts";
import { normalValues } from "./random_values.ts";

Deno.test("uniform is the hash of key and place as integers without limit give it", () => {
  const known: [[number, number], number, number, number][] = [
    [[0, 0], 0, 0, 3628975],
    [[5, 9], 3, 2, 8073097],
    [[0xffffffff, 0x80000001], 3, 2, -13819377],
  ];
  for (const [key, row, column, numerator] of known) {
    assertEquals(uniform(key, row, column), numerator / 2 ** 24);
  }
});

Deno.test("neftuneNoise shrinks with the length of a token's own sequence", () => {
  const C = 8;
  const noise = (lengths: number[]) => {
    const x = new Float64Array(5 * C);
    return neftuneNoise({ x, C, lengths, alpha: 3, key: [1, 2] });
  };
  const [apart, together] = [noise([1, 4]), noise([5])];
  for (let i = 0; i < apart.length; i++) {
    const length = i < C ? 1 : 4;
    assert(Math.abs(apart[i]) < 3 / Math.sqrt(length * C));
    const ratio = apart[i] / together[i];
    assert(Math.abs(ratio - Math.sqrt(5 / length)) < 1e-14, "the same draw in another size");
  }
});

Deno.test("neftuneNoiseBackward agrees with central differences", () => {
  const input = { C: 4, lengths: [1, 3], alpha: 5, key: [3, 4] as const };
  const dY = normalValues(16, 2);
  gradientCheck(
    (x) => dot(neftuneNoise({ ...input, x }), dY),
    normalValues(16, 1),
    neftuneNoiseBackward(dY),
  );
});

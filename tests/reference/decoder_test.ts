import { assertEquals } from "@std/assert";
import { gradientCheck } from "../support/gradient_check.ts";
import { decoder, type DecoderInput, decoderShapes } from "./decoder.ts";
import { normalValues } from "./random_values.ts";

function tiny(): DecoderInput {
  const sizes = { layers: 2, C: 4, M: 3, F: 6, V: 7, P: 6 };
  const shapes = [...decoderShapes(sizes)];
  const weights = new Map(
    shapes.map(([name, shape], i) => [
      name,
      normalValues(shape.reduce((a, b) => a * b), 100 + i).map((value) =>
        (name.includes("LayerNorm.weight") ? 1 : 0) + value / 2
      ),
    ]),
  );
  const sequences = [[1, 2, 3, 5, 2], [4, 6], [0], [3, 3, 1]];
  return {
    ...sizes,
    weights,
    H: 2,
    eps: 1e-5,
    sequences,
    memory: normalValues(sequences.length * sizes.M, 1),
  };
}

Deno.test("decoder agrees with central differences, in every parameter and the vectors", () => {
  const input = tiny();
  const { dMemory, gradients } = decoder(input);
  gradientCheck((memory) => decoder({ ...input, memory }).loss, input.memory, dMemory);
  let seen = 0;
  for (const [name, value] of input.weights) {
    // A key's bias moves all scores of a row alike: its gradient is nothing but rounding.
    if (name.endsWith("key.bias")) continue;
    gradientCheck(
      (changed) => decoder({ ...input, weights: new Map(input.weights).set(name, changed) }).loss,
      value,
      gradients.get(name)!,
      { tolerance: 1e-6 },
    );
    seen++;
  }
  assertEquals(seen, gradients.size - input.layers);
});

Deno.test("decoder sees no token after the one that it is at", () => {
  const input = tiny();
  const at = (sequence: number[]) =>
    decoder({ ...input, memory: input.memory.slice(0, input.M), sequences: [sequence] }).loss;
  // The mean of two steps is that of the first and the second, whatever comes later.
  const one = at([1, 2]);
  const two = 2 * at([1, 2, 3]) - one;
  const three = 3 * at([1, 2, 3, 4]) - one - two;
  const other = 3 * at([1, 2, 3, 5]) - one - two;
  assertEquals([one, two, three, other].every(Number.isFinite), true);
  assertEquals(three === other, false);
  const sum = one + two + three;
  assertEquals(Math.abs(at([1, 2, 3, 4]) - sum / 3) < 1e-12, true);
});

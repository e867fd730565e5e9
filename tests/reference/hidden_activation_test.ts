import { assertEquals } from "@std/assert";
import { assertClose } from "../support/assert_close.ts";
import { dot, gradientCheck } from "../support/gradient_check.ts";
import { hiddenActivation, hiddenActivationBackward } from "./hidden_activation.ts";
import { normalValues } from "./random_values.ts";

const KINDS = ["gelu", "gelu_tanh", "relu", "silu"] as const;

Deno.test("hiddenActivation gives what PyTorch gives in float64", () => {
  const x = Float64Array.of(-3, -0.5, 0, 1, 2);
  const expected = {
    gelu: [-0.00404969409489031, -0.15426876936299344, 0, 0.841344746068543, 1.9544997361036416],
    gelu_tanh: [
      -0.0036373920817729943,
      -0.15428599017485606,
      0,
      0.8411919906082768,
      1.954597694087775,
    ],
    relu: [0, 0, 0, 1, 2],
    silu: [-0.14227761953270035, -0.1887703343990727, 0, 0.7310585786300049, 1.7615941559557646],
  };
  for (const kind of KINDS) {
    assertClose(hiddenActivation(x, kind), expected[kind], {
      op: kind,
      absolute: 1e-15,
      relative: 1e-13,
    });
  }
});

Deno.test("hiddenActivationBackward agrees with central differences", () => {
  const x = normalValues(60, 2, { deviation: 2 });
  const dY = normalValues(60, 3);
  for (const kind of KINDS) {
    const value = (moved: Float64Array) => dot(hiddenActivation(moved, kind), dY);
    gradientCheck(value, x, hiddenActivationBackward(x, dY, kind));
  }
  const zero = hiddenActivationBackward(Float64Array.of(0), Float64Array.of(3), "relu");
  assertEquals(zero, Float64Array.of(0));
});

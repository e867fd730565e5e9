import { assertEquals } from "@std/assert";
import { assertClose } from "../support/assert_close.ts";
import { adamw } from "./adamw.ts";
import type { AdamwState } from "./adamw.ts";

const tight = { op: "adamw", absolute: 1e-15, relative: 1e-14 };
const options = { learningRate: 0.01, beta1: 0.8, beta2: 0.95, eps: 1e-3, weightDecay: 0.1 };

Deno.test("adamw takes the three steps that torch.optim.AdamW 1.13 takes", () => {
  const gradients = [[0.5, -1, 0, 1e-3], [-0.25, -1, 2, 1e-3], [1.5, 0.125, 0, -1e-3]];
  const expected = [
    [0.9890199600798403, -1.98800999000999, 0.4995, 2.992],
    [0.9859117515477044, -1.9760319700299698, 0.4912480017518966, 2.984008],
    [0.9778904431442274, -1.9674045932214648, 0.4850803265492057, 2.980122352655738],
  ];
  let state = zeroMoments([1, -2, 0.5, 3]);
  gradients.forEach((gradient, i) => {
    state = adamw({ ...state, gradient: Float64Array.from(gradient) }, { step: i + 1, ...options });
    assertClose(state.parameter, expected[i], { case: `step ${i + 1}`, ...tight });
  });
  assertClose(state.m, [0.324, -0.263, 0.32, 8.8e-5], { case: "m", ...tight });
  assertClose(state.v, [0.12675, 0.09340625, 0.19, 1.42625e-7], { case: "v", ...tight });
});

Deno.test("adamw first moves by the learning rate against the sign, and leaves its input alone", () => {
  const state = { ...zeroMoments([1, 1]), gradient: Float64Array.of(1e-4, -50) };
  const step = { ...options, step: 1, eps: 0, weightDecay: 0 };
  assertClose(adamw(state, step).parameter, [0.99, 1.01], tight);
  assertEquals(state, { ...zeroMoments([1, 1]), gradient: Float64Array.of(1e-4, -50) });
});

Deno.test("adamw without a gradient only decays", () => {
  const state = { ...zeroMoments([5]), gradient: Float64Array.of(0) };
  assertClose(adamw(state, { step: 1, ...options }).parameter, [4.995], tight);
});

function zeroMoments(parameter: number[]): Omit<AdamwState, "gradient"> {
  const zeros = () => new Float64Array(parameter.length);
  return { parameter: Float64Array.from(parameter), m: zeros(), v: zeros() };
}

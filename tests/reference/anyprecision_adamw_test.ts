import { assertEquals } from "@std/assert";
import { readOptimizers, RECORDED_SETTINGS } from "../golden/optimizers.ts";
import { assertClose } from "../support/assert_close.ts";
import { anyprecisionAdamw, type AnyprecisionState } from "./anyprecision_adamw.ts";

const tight = { op: "anyprecisionAdamw", absolute: 1e-14, relative: 1e-13 };

const CASES = {
  anyprecision: { kahan: false, momentum: null, variance: "bf16", compensation: "bf16" },
  anyprecision_kahan: { kahan: true, momentum: "bf16", variance: "f16", compensation: "bf16" },
} as const;

Deno.test("anyprecisionAdamw takes the ten steps of a second implementation", async () => {
  const { initial, gradients, learningRates, cases } = await readOptimizers();
  for (const [name, formats] of Object.entries(CASES)) {
    const { parameters, states } = cases[name];
    const zeros = () => new Float64Array(initial.length);
    let state: Omit<AnyprecisionState, "gradient"> = {
      parameter: Float64Array.from(initial),
      m: zeros(),
      v: zeros(),
      compensation: zeros(),
    };
    gradients.forEach((gradient, i) => {
      state = anyprecisionAdamw({ ...state, gradient: Float64Array.from(gradient) }, {
        ...RECORDED_SETTINGS,
        ...formats,
        step: i + 1,
        learningRate: learningRates[i],
      });
      assertClose(state.parameter, parameters[i], { case: `${name} ${i + 1}`, ...tight });
    });
    assertClose(state.m, states.exp_avg, tight);
    assertClose(state.v, states.exp_avg_sq, tight);
    if (formats.kahan) assertClose(state.compensation, states.compensation, tight);
    assertEquals(gradients.length, 10);
  }
});

Deno.test("anyprecisionAdamw with compensation follows updates that a coarse parameter would lose", () => {
  const options = {
    step: 1,
    learningRate: 1e-3,
    beta1: 0,
    beta2: 0,
    eps: 0,
    weightDecay: 0,
    momentum: null,
    variance: null,
    compensation: "bf16",
    roundParameter: (value: number) => Math.round(value * 64) / 64,
  } as const;
  for (const kahan of [false, true]) {
    const one = () => Float64Array.of(0);
    let state: Omit<AnyprecisionState, "gradient"> = {
      parameter: Float64Array.of(1),
      m: one(),
      v: one(),
      compensation: one(),
    };
    for (let i = 0; i < 100; i++) {
      state = anyprecisionAdamw({ ...state, gradient: Float64Array.of(1) }, { ...options, kahan });
    }
    // A hundred steps of 0.001, of which each alone is less than half of 1 / 64.
    const found = state.parameter[0];
    if (kahan) assertClose([found], [0.9], { op: "compensated", absolute: 1 / 64, relative: 0 });
    else assertEquals(found, 1);
  }
});

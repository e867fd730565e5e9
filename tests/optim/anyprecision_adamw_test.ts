import { assertEquals } from "@std/assert";
import {
  anyprecisionAdamw,
  type StateFormat,
  stateFormats,
} from "../../src/optim/anyprecision_adamw.ts";
import { ElementwiseOptimizer } from "../../src/optim/elementwise_optimizer.ts";
import {
  anyprecisionAdamw as reference,
  type AnyprecisionState,
} from "../reference/anyprecision_adamw.ts";
import { roundToHalf } from "../reference/round_to_half.ts";
import { testGpus } from "../support/gpu.ts";
import { checkOptimizer } from "../support/optimizer_checks.ts";
import {
  decaysHere,
  GRADIENT_FACTOR,
  learningRateOf,
  runOptimizer,
} from "../support/optimizer_run.ts";

const OPTIONS = { beta1: 0.9, beta2: 0.95, epsilon: 1e-6, weightDecay: 0.1 };
const STEPS = 10;
const HALVES: Readonly<Record<StateFormat, "f16" | "bf16" | null>> = {
  float32: null,
  bfloat16: "bf16",
  float16: "f16",
};

interface Formats {
  useKahanSummation: boolean;
  momentumFormat: StateFormat;
  varianceFormat: StateFormat;
  compensationFormat: StateFormat;
}

function check(label: string, formats: Formats, stored: boolean): void {
  const { useKahanSummation, momentumFormat, varianceFormat, compensationFormat } = formats;
  // About ten roundings a step; an update is at most a learning rate or so in size.
  const tolerance = {
    absolute: STEPS * 10 * 2 ** -24 * learningRateOf(1) * 10,
    relative: STEPS * 2 * 2 ** -24,
  };
  const stateTolerance = { absolute: STEPS * 4 * 2 ** -24, relative: STEPS * 4 * 2 ** -24 };
  checkOptimizer(label, {
    create: (gpu, groups) =>
      new ElementwiseOptimizer(gpu, groups, anyprecisionAdamw({ ...OPTIONS, ...formats })),
    reference: ({ name, initial, gradients }) => {
      const zeros = () => new Float64Array(initial.length);
      let state: Omit<AnyprecisionState, "gradient"> = {
        parameter: initial,
        m: zeros(),
        v: zeros(),
        compensation: zeros(),
      };
      gradients.forEach((gradient, i) => {
        state = reference({ ...state, gradient }, {
          ...OPTIONS,
          step: i + 1,
          learningRate: learningRateOf(i + 1),
          eps: OPTIONS.epsilon,
          weightDecay: decaysHere(name) ? OPTIONS.weightDecay : 0,
          kahan: useKahanSummation,
          momentum: HALVES[momentumFormat],
          variance: HALVES[varianceFormat],
          compensation: HALVES[compensationFormat],
          roundParameter: Math.fround,
        });
      });
      const { parameter, m: exp_avg, v: exp_avg_sq, compensation } = state;
      // What is carried on is rounding itself: another rounding, another rest, of half a last bit of
      // the parameter at most.
      return {
        parameter,
        states: { exp_avg, exp_avg_sq, ...(useKahanSummation && { compensation }) },
      };
    },
    tolerance,
    stateTolerance,
    // A number half way between two of a format of 8 or 11 digits is rounded the other way if f32 erred:
    // about one in 2^(24 - 8) / 10 roundings. It then differs by a last digit, and the updates by that.
    ...(stored && {
      rare: {
        share: STEPS * 10 * 2 ** -(24 - 11),
        tolerance: { absolute: STEPS * learningRateOf(1) * 2 ** -7, relative: 0 },
        stateTolerance: { absolute: STEPS * 4 * 2 ** -24, relative: 2 ** -7 },
      },
    }),
  });
}

check("anyprecisionAdamw in f32", {
  useKahanSummation: false,
  momentumFormat: "float32",
  varianceFormat: "float32",
  compensationFormat: "bfloat16",
}, false);
check("anyprecisionAdamw in bf16 and f16", {
  useKahanSummation: false,
  momentumFormat: "float16",
  varianceFormat: "bfloat16",
  compensationFormat: "bfloat16",
}, true);
check("anyprecisionAdamw with compensation", {
  useKahanSummation: true,
  momentumFormat: "bfloat16",
  varianceFormat: "bfloat16",
  compensationFormat: "float16",
}, true);

Deno.test("anyprecisionAdamw keeps states that their formats hold, and compensates something", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const format of stateFormats) {
      const rule = anyprecisionAdamw({
        ...OPTIONS,
        useKahanSummation: true,
        momentumFormat: format,
        varianceFormat: format,
        compensationFormat: format,
      });
      const { state } = await runOptimizer(
        gpu,
        (groups) => new ElementwiseOptimizer(gpu, groups, rule),
        { steps: 3 },
      );
      for (const [name, { data }] of state) {
        const half = HALVES[format];
        const held = [...data].map((value) => half === null ? value : roundToHalf(value, half));
        assertEquals([...data], held, name);
        if (/^compensation\.(table|matrix)$/.test(name)) {
          assertEquals(data.some((value) => value !== 0), true, `${name} ${format}`);
        }
        seen++;
      }
    }
  }
  assertEquals(seen, 2 * 3 * 3 * 13);
});

/** Ties to either side, the largest, what is beyond it, the least of f16 and what is between; of both signs. */
const EDGES = [
  [1 + 2 ** -8, 1 + 3 * 2 ** -8, 1 + 2 ** -8 + 2 ** -20, 1 - 2 ** -10],
  [1 + 2 ** -11, 1 + 3 * 2 ** -11, 1 + 2 ** -11 - 2 ** -22, 0, 1e-30, 1e30],
  [65504, 65519, 65520, 65536, 2 ** -14, 2 ** -14 * (1 - 2 ** -11)],
  [2 ** -24, 2 ** -25, 3 * 2 ** -25, 2.5 * 2 ** -24, 2 ** -26],
].flat().flatMap((value) => [value, -value]).map(Math.fround);

Deno.test("anyprecisionAdamw rounds states to the nearest, ties to even", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const momentumFormat of ["bfloat16", "float16"] as const) {
      // Without memory, the moment is the gradient.
      const rule = anyprecisionAdamw({
        ...OPTIONS,
        beta1: 0,
        useKahanSummation: false,
        momentumFormat,
        varianceFormat: "float32",
        compensationFormat: "float32",
      });
      const { state } = await runOptimizer(
        gpu,
        (groups) => new ElementwiseOptimizer(gpu, groups, rule),
        {
          steps: 1,
          parameters: [{ "edges": [EDGES.length] }],
          gradient: () => Float64Array.from(EDGES, (value) => value / GRADIENT_FACTOR),
        },
      );
      const found = [...state.get("exp_avg.edges")!.data];
      const wanted = EDGES.map((value) => roundToHalf(value, HALVES[momentumFormat]!));
      // Zero may come with either sign.
      assertEquals(
        found.map((value) => value + 0),
        wanted.map((value) => value + 0),
        momentumFormat,
      );
      seen += found.length;
    }
  }
  assertEquals(seen, 2 * 2 * 42);
});

import { assert, assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../src/errors.ts";
import type { ModuleConfig } from "../../src/io/module_config.ts";
import type { FirstModule } from "../../src/io/model_modules.ts";
import { SentenceModules } from "../../src/models/sentence_modules.ts";
import type { Tape } from "../../src/ops/tape.ts";
import { l2Normalize, l2NormalizeBackward } from "../reference/l2_normalize.ts";
import { layerNorm, layerNormBackward } from "../reference/layer_norm.ts";
import { linear, linearBackward } from "../reference/linear.ts";
import { pool, poolBackward } from "../reference/pool.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { givenParameters } from "../support/given_parameters.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

const STARTS = Uint32Array.of(0, 3, 4, 9);
const PROMPTS = Uint32Array.of(1, 0, 3);
const dense = (inFeatures: number, outFeatures: number): ModuleConfig => ({
  type: "Dense",
  inFeatures,
  outFeatures,
  bias: true,
  activation: "identity",
  residual: false,
});
const pooling = (includePrompt: boolean): ModuleConfig => ({
  type: "Pooling",
  modes: ["cls", "mean"],
  includePrompt,
});

function initOf(modules: readonly ModuleConfig[], first: FirstModule = "Transformer") {
  return { modules, first, width: 8, seed: 1, source: "dir" };
}

Deno.test("SentenceModules runs pooling, layer norm, a linear layer and scaling in their order", async () => {
  const [T, S, C, N] = [9, 3, 8, 12];
  const modules = [
    pooling(true),
    { type: "LayerNorm", dimension: 16 } as const,
    dense(16, N),
    {
      type: "Normalize",
    } as const,
  ];
  const [x, dOutput] = [normalValues(T * C, 1), normalValues(S * N, 2)];
  const gain = normalValues(16, 3), shift = normalValues(16, 4);
  const weight = normalValues(N * 16, 5), bias = normalValues(N, 6);
  let seen = 0;
  for (const gpu of await testGpus()) {
    const parameter = true;
    const { y, gradients } = await runOp(gpu, {
      inputs: {
        x: { shape: [T, C], data: x },
        "2_LayerNorm/norm.weight": { shape: [16], data: gain, parameter },
        "2_LayerNorm/norm.bias": { shape: [16], data: shift, parameter },
        "3_Dense/linear.weight": { shape: [N, 16], data: weight, parameter },
        "3_Dense/linear.bias": { shape: [N], data: bias, parameter },
      },
      forward: (tape, tensors) => {
        const built = new SentenceModules(givenParameters(tensors), initOf(modules));
        assertEquals([built.width, built.tokenWidth, built.excludesPrompt], [N, C, false]);
        return built.forward(tape, tensors.x, sequences(tape));
      },
      dOutput,
    });
    const pools = (["cls", "mean"] as const)
      .map((mode) => ({ x, sequenceStarts: STARTS, C, mode }));
    const parts = pools.map(pool);
    const pooled = Float64Array.from({ length: S * 16 }, (_, i) => {
      const [s, c] = [Math.floor(i / 16), i % 16];
      return parts[Math.floor(c / C)][s * C + c % C];
    });
    const norm = { x: pooled, gain, bias: shift, T: S, C: 16, eps: 1e-5 };
    const projection = { x: layerNorm(norm), weight, bias, T: S, K: 16, N };
    const projected = linear(projection);
    const expected = l2Normalize(projected, N);
    const back = linearBackward(projection, l2NormalizeBackward(projected, dOutput, N));
    const dPooled = layerNormBackward(norm, back.dX).dX;
    const dX = pools.map((input, i) =>
      poolBackward(
        input,
        Float64Array.from(
          { length: S * C },
          (_, j) => dPooled[Math.floor(j / C) * 16 + i * C + j % C],
        ),
      )
    ).reduce((sum, part) => sum.map((value, i) => value + part[i]));
    const close = (op: string, actual: Float32Array, wanted: Float64Array) => {
      // Sums of up to 16 products, one after the other, of values up to about 4.
      const relative = 4 * floatTolerance(16);
      assertClose(actual, wanted, { op, absolute: 4 * relative, relative });
    };
    close("modules", y, expected);
    close("modules dX", gradients.x, dX);
    close("modules dWeight", gradients["3_Dense/linear.weight"], back.dWeight);
    seen++;
  }
  assertEquals(seen, 2);
});

function sequences(tape: Tape) {
  return {
    sequenceStarts: tape.upload([4], STARTS, "starts"),
    promptLengths: tape.upload([3], PROMPTS, "prompts"),
  };
}

Deno.test("SentenceModules leaves prompts out only where the pooling says so", async () => {
  const [T, C] = [9, 8];
  const x = normalValues(T * C, 1);
  for (const includePrompt of [true, false]) {
    const { y } = await runOp(await testGpu(), {
      inputs: { x: { shape: [T, C], data: x } },
      forward: (tape, tensors) => {
        const built = new SentenceModules(givenParameters({}), initOf([pooling(includePrompt)]));
        assertEquals(built.excludesPrompt, !includePrompt);
        return built.forward(tape, tensors.x, sequences(tape));
      },
      dOutput: new Float64Array(3 * 2 * C),
    });
    const promptLengths = includePrompt ? undefined : PROMPTS;
    const cls = pool({ x, sequenceStarts: STARTS, C, mode: "cls", promptLengths });
    const first = Float64Array.from(
      { length: 3 * C },
      (_, i) => y[Math.floor(i / C) * 2 * C + i % C],
    );
    assertClose(first, cls, { op: "cls", absolute: 0, relative: 2 ** -24 });
  }
});

Deno.test("SentenceModules drops elements of embeddings in training alone", async () => {
  const modules = [{ type: "Dropout", probability: 0.5 } as const];
  const { y } = await runOp(await testGpu(), {
    inputs: { x: { shape: [64, 8], data: new Float64Array(512).fill(1) } },
    forward: (tape, tensors) => {
      const built = new SentenceModules(givenParameters({}), initOf(modules, "StaticEmbedding"));
      return built.forward(tape, tensors.x, null);
    },
    dOutput: new Float64Array(512),
  });
  const kept = y.filter((value) => value === 2).length;
  assertEquals(y.filter((value) => value === 0).length + kept, 512);
  // Half of 512, within 5 standard deviations.
  assert(Math.abs(kept - 256) < 5 * Math.sqrt(128), `${kept}`);
});

Deno.test("SentenceModules applies what stands before the pooling to token vectors", async () => {
  const modules: ModuleConfig[] = [dense(8, 4), { type: "Normalize" }, pooling(true)];
  const [x, weight] = [normalValues(9 * 8, 1), normalValues(32, 2)];
  const bias = normalValues(4, 3);
  const { y } = await runOp(await testGpu(), {
    inputs: {
      x: { shape: [9, 8], data: x },
      "1_Dense/linear.weight": { shape: [4, 8], data: weight, parameter: true },
      "1_Dense/linear.bias": { shape: [4], data: bias, parameter: true },
    },
    forward: (tape, tensors) => {
      const built = new SentenceModules(givenParameters(tensors), initOf(modules));
      assertEquals([built.width, built.tokenWidth], [8, 4]);
      return built.forwardTokens(tape, tensors.x);
    },
    dOutput: new Float64Array(36),
  });
  const expected = l2Normalize(linear({ x, weight, bias, T: 9, K: 8, N: 4 }), 4);
  const relative = 4 * floatTolerance(8);
  assertClose(y, expected, { op: "token vectors", absolute: relative, relative });
});

Deno.test("SentenceModules refuses modules that do not fit each other", () => {
  const cases: [readonly ModuleConfig[], string][] = [
    [[], "Cannot read dir: found Transformer, wanted one Pooling"],
    [
      [pooling(true), dense(8, 4)],
      "Cannot load dir: module 2, Dense, takes vectors of 8 columns, those before it make 16",
    ],
    [
      [pooling(true), { type: "LayerNorm", dimension: 4 }],
      "module 2, LayerNorm, takes vectors of 4",
    ],
    [[pooling(true), dense(16, 6)], "makes vectors of 6 columns, wanted a multiple of 4"],
  ];
  assertEquals(cases.length, 4);
  for (const [modules, message] of cases) {
    assertThrows(
      () => new SentenceModules(givenParameters({}), initOf(modules)),
      InputError,
      message,
    );
  }
});

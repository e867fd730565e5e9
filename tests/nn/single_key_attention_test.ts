import { assertEquals } from "@std/assert";
import type { ParameterInit } from "../../src/gpu/parameter_slab.ts";
import { normal } from "../../src/nn/initialize.ts";
import { SingleKeyAttention } from "../../src/nn/single_key_attention.ts";
import { layerNorm, layerNormBackward } from "../reference/layer_norm.ts";
import { linear, linearBackward } from "../reference/linear.ts";
import { normalValues } from "../reference/random_values.ts";
import { repeatRows, repeatRowsBackward } from "../reference/repeat_rows.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { givenParameters } from "../support/given_parameters.ts";
import { testGpus } from "../support/gpu.ts";
import { type OpInput, runOp } from "../support/run_op.ts";

const [C, M, H, S] = [24, 12, 3, 4];
const STARTS = Uint32Array.of(0, 5, 5, 6, 15);
const T = 15;
const PREFIX = "crossattention.";

Deno.test("SingleKeyAttention equals its reference, forward and backward", async () => {
  const matrix = (shape: number[], seed: number) => ({
    shape,
    data: normalValues(shape.reduce((a, b) => a * b), seed, { deviation: 0.5 }),
    parameter: true,
  });
  const inputs: Record<string, OpInput> = {
    x: { shape: [T, C], data: normalValues(T * C, 1) },
    vectors: { shape: [S, M], data: normalValues(S * M, 2) },
    [`${PREFIX}self.value.weight`]: matrix([C, M], 3),
    [`${PREFIX}self.value.bias`]: matrix([C], 4),
    [`${PREFIX}output.dense.weight`]: matrix([C, C], 5),
    [`${PREFIX}output.dense.bias`]: matrix([C], 6),
    [`${PREFIX}output.LayerNorm.weight`]: matrix([C], 7),
    [`${PREFIX}output.LayerNorm.bias`]: matrix([C], 8),
  };
  const dOutput = normalValues(T * C, 9);
  const [x, vectors, valueWeight, valueBias, weight, bias, gain, shift] = Object.values(inputs)
    .map(({ data }) => data);
  const value = { x: vectors, weight: valueWeight, bias: valueBias, T: S, K: M, N: C };
  const repeated = { x: linear(value), sequenceStarts: STARTS, C };
  const output = { x: repeatRows(repeated), weight, bias, T, K: C, N: C };
  const branch = linear(output);
  const norm = { x: x.map((v, i) => v + branch[i]), gain, bias: shift, C, eps: 1e-5 };
  const { dX, dGain, dBias } = layerNormBackward(norm, dOutput);
  const dOut = linearBackward(output, dX);
  const dValue = linearBackward(value, repeatRowsBackward(repeated, dOut.dX));
  const expected = [
    ...[dX, dValue.dX, dValue.dWeight, dValue.dBias],
    ...[dOut.dWeight, dOut.dBias, dGain, dBias],
  ];
  let seen = 0;
  for (const gpu of await testGpus()) {
    const declared: ParameterInit[] = [];
    const { y, gradients } = await runOp(gpu, {
      inputs,
      forward: (tape, tensors) => {
        declared.length = 0;
        const layer = new SingleKeyAttention(givenParameters(tensors, declared), {
          prefix: PREFIX,
          width: C,
          memoryWidth: M,
          heads: H,
          epsilon: 1e-5,
          hiddenDropout: 0,
          attentionDropout: 0,
          initialize: normal(1, 1),
        });
        const sequenceStarts = tape.upload([S + 1], STARTS, "starts");
        return layer.forward(tape, tensors.x, { vectors: tensors.vectors, sequenceStarts });
      },
      dOutput,
    });
    const relative = floatTolerance(C + T);
    assertClose(y, layerNorm(norm), {
      op: "SingleKeyAttention",
      absolute: 16 * relative,
      relative,
    });
    for (const [i, name] of Object.keys(inputs).entries()) {
      // Sums of up to T C products of numbers of a few units.
      const absolute = 16 * floatTolerance(T * C);
      assertClose(gradients[name], expected[i], { op: name, absolute, relative });
      seen++;
    }
    assertEquals(declared.map(({ decay }) => decay), [true, false, true, false, false, false]);
  }
  assertEquals(seen, 2 * 8);
});

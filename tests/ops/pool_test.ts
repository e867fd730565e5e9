import { assertEquals, assertThrows } from "@std/assert";
import { pool, type PoolInputs, type PoolMode } from "../../src/ops/pool.ts";
import type { Tape } from "../../src/ops/tape.ts";
import { pool as reference, poolBackward } from "../reference/pool.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

const ALL: readonly PoolMode[] = [
  "cls",
  "max",
  "mean",
  "mean_sqrt_len_tokens",
  "weightedmean",
  "lasttoken",
];

interface Case {
  C: number;
  lengths: readonly number[];
  prompts?: readonly number[];
}

/** One token, widths around a workgroup, empty sequences, prompts as long as their sequence and longer. */
const CASES: readonly Case[] = [
  { C: 4, lengths: [1] },
  { C: 20, lengths: [1, 500, 0, 2] },
  { C: 256, lengths: [3, 1, 4] },
  { C: 12, lengths: [5, 1, 0, 40], prompts: [2, 0, 3, 39] },
  { C: 260, lengths: [3, 2, 6], prompts: [3, 9, 1] },
];

function startsOf(lengths: readonly number[]): Uint32Array<ArrayBuffer> {
  const starts = new Uint32Array(lengths.length + 1);
  lengths.forEach((length, i) => starts[i + 1] = starts[i] + length);
  return starts;
}

function inputsOf(
  tape: Tape,
  { lengths, prompts }: Case,
): Pick<PoolInputs, "sequenceStarts" | "promptLengths"> {
  const starts = startsOf(lengths);
  return {
    sequenceStarts: tape.upload([starts.length], starts, "starts"),
    promptLengths: prompts && tape.upload([prompts.length], Uint32Array.from(prompts), "prompts"),
  };
}

/** Modes side by side, of the reference. */
function sideBySide(parts: readonly Float64Array[], C: number): Float64Array {
  const S = parts[0].length / C;
  return Float64Array.from(
    Array.from(
      { length: S },
      (_, s) => parts.flatMap((part) => [...part.subarray(s * C, s * C + C)]),
    )
      .flat(),
  );
}

Deno.test("pool equals its reference in every mode, with prompts and empty sequences", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const mode of ALL) {
      for (const kase of CASES) {
        const { C, lengths, prompts: promptLengths } = kase;
        const sequenceStarts = startsOf(lengths);
        const T = sequenceStarts[lengths.length];
        const x = normalValues(T * C, 1);
        const dOutput = normalValues(lengths.length * C, 2);
        const twice = C === 256;
        const { y, gradients } = await runOp(gpu, {
          inputs: { x: { shape: [T, C], data: x } },
          forward: (tape, { x }) =>
            pool(tape, { hidden: x, modes: [mode], ...inputsOf(tape, kase) }),
          dOutput,
          twice,
        });
        const input = { x, sequenceStarts, C, mode, promptLengths };
        const name = { case: `${mode} ${C} [${lengths}] without [${promptLengths}]` };
        // Sums of n terms of about 1, divided by their root at least.
        const relative = floatTolerance(Math.max(...lengths));
        const absolute = mode === "mean_sqrt_len_tokens" ? 4 * relative : relative;
        assertClose(y, reference(input), { op: "pool", ...name, absolute, relative });
        // A weight, a divisor, a quotient and a product.
        assertClose(
          gradients.x,
          poolBackward(input, dOutput).map((value) => value * (twice ? 2 : 1)),
          { op: "pool backward", ...name, absolute: 0, relative: 2 ** -21 },
        );
        seen++;
      }
    }
  }
  assertEquals(seen, 60);
});

Deno.test("pool puts the vectors of several modes side by side and adds their gradients", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const modes of [ALL, ["mean", "cls"], ["max", "max"]] as const) {
      const kase: Case = { C: 12, lengths: [5, 1, 0, 40], prompts: [2, 0, 3, 39] };
      const { C, lengths, prompts: promptLengths } = kase;
      const sequenceStarts = startsOf(lengths);
      const [S, T, M] = [lengths.length, sequenceStarts[lengths.length], modes.length];
      const x = normalValues(T * C, 1);
      const dParts = modes.map((_, i) => normalValues(S * C, i + 2));
      const { y, gradients } = await runOp(gpu, {
        inputs: { x: { shape: [T, C], data: x } },
        forward: (tape, { x }) => pool(tape, { hidden: x, modes, ...inputsOf(tape, kase) }),
        dOutput: sideBySide(dParts, C),
      });
      const inputs = modes.map((mode) => ({ x, sequenceStarts, C, mode, promptLengths }));
      const tolerance = { absolute: 4 * floatTolerance(40), relative: floatTolerance(40) };
      const op = `pool ${modes}`;
      assertClose(y, sideBySide(inputs.map(reference), C), { op, ...tolerance });
      const dX = inputs.map((input, i) => poolBackward(input, dParts[i]))
        .reduce((sum, part) => sum.map((value, i) => value + part[i]));
      // As many terms as modes, each of at most about 4.
      const absolute = 4 * floatTolerance(M);
      assertClose(gradients.x, dX, { op: `${op} backward`, absolute, relative: 2 ** -21 });
      seen++;
    }
  }
  assertEquals(seen, 6);
});

Deno.test("pool sends the gradient of a tied maximum to the first row", async () => {
  const [gpu] = await testGpus();
  const { gradients } = await runOp(gpu, {
    inputs: { x: { shape: [3, 4], data: new Float64Array(12).fill(-2) } },
    forward: (tape, { x }) =>
      pool(tape, { hidden: x, modes: ["max"], ...inputsOf(tape, { C: 4, lengths: [3] }) }),
    dOutput: Float64Array.of(1, 2, 3, 4),
  });
  assertEquals([...gradients.x], [1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0]);
});

Deno.test("pool refuses lengths of prompts for another number of sequences", async () => {
  const gpu = await testGpu();
  await runOp(gpu, {
    inputs: { x: { shape: [3, 4], data: new Float64Array(12) } },
    forward: (tape, { x }) => {
      const one = inputsOf(tape, { C: 4, lengths: [3] });
      const two = inputsOf(tape, { C: 4, lengths: [1, 2], prompts: [0, 1] });
      assertThrows(
        () =>
          pool(tape, {
            hidden: x,
            modes: ["cls"],
            ...two,
            ...{ sequenceStarts: one.sequenceStarts },
          }),
        TypeError,
        "found shape [2], wanted [1]",
      );
      return pool(tape, { hidden: x, modes: ["cls"], ...one });
    },
    dOutput: new Float64Array(4),
  });
});

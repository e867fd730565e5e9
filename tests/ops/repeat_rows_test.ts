import { assert, assertEquals, assertThrows } from "@std/assert";
import { repeatRows } from "../../src/ops/repeat_rows.ts";
import { Tape } from "../../src/ops/tape.ts";
import { normalValues } from "../reference/random_values.ts";
import { repeatRows as reference, repeatRowsBackward } from "../reference/repeat_rows.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

/** Sequence lengths, columns, groups, probability, and whether the op runs twice. */
const CASES: [lengths: number[], C: number, H: number, p: number, twice: boolean][] = [
  [[1], 4, 1, 0, false],
  [[3, 0, 5], 8, 2, 0, true],
  [[65, 1, 130], 132, 3, 0, false],
  [[5, 0, 0, 9], 260, 1, 0.25, false],
  [[40, 70, 2], 24, 3, 0.25, true],
];

Deno.test("repeatRows equals its reference, forward and backward, with and without dropout", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const [lengths, C, H, p, twice] of CASES) {
      const starts = new Uint32Array(lengths.length + 1);
      lengths.forEach((length, i) => starts[i + 1] = starts[i] + length);
      const T = starts[lengths.length];
      const x = normalValues(lengths.length * C, 1).map((value) => value === 0 ? 1 : value);
      const dOutput = normalValues(T * C, 2);
      const { y, gradients } = await runOp(gpu, {
        inputs: { x: { shape: [lengths.length, C], data: x } },
        forward: (tape, tensors) =>
          repeatRows(tape, {
            x: tensors.x,
            sequenceStarts: tape.upload([starts.length], starts, "starts"),
            rows: T,
            groups: H,
            dropout: p,
          }),
        dOutput,
        seed: 7,
        twice: twice && p === 0,
      });
      const group = (column: number) => Math.floor(column / (C / H)) * (C / H);
      // A group is dropped as a whole: its first column tells.
      const factor = (t: number, c: number) => y[t * C + group(c)] === 0 ? 0 : 1 / (1 - p);
      const input = { x, sequenceStarts: starts, C, factor };
      const scale = twice && p === 0 ? 2 : 1;
      const name = JSON.stringify([lengths, C, H, p]);
      assertClose(y, reference(input), {
        op: "repeatRows",
        case: name,
        absolute: 0,
        relative: 2 ** -22,
      });
      // A sum of normal values over the tokens of a sequence.
      assertClose(gradients.x, repeatRowsBackward(input, dOutput).map((value) => value * scale), {
        op: "repeatRows backward",
        case: name,
        absolute: floatTolerance(Math.max(...lengths)) * 4 * scale * Math.max(...lengths),
        relative: 0,
      });
      if (p > 0) {
        const holes = y.reduce((sum, value) => sum + (value === 0 ? 1 : 0), 0) / y.length;
        // Five standard deviations of a share of T H tosses.
        assert(Math.abs(holes - p) <= 5 * Math.sqrt(p * (1 - p) / (T * H)), `${name}: ${holes}`);
      }
      seen++;
    }
  }
  assertEquals(seen, 2 * CASES.length);
});

Deno.test("repeatRows drops nothing outside training", async () => {
  const gpu = await testGpu();
  const tape = new Tape(gpu);
  const x = tape.upload([1, 4], Float32Array.of(1, 2, 3, 4), "x");
  const sequenceStarts = tape.upload([2], Uint32Array.of(0, 3), "starts");
  const y = repeatRows(tape, { x, sequenceStarts, rows: 3, groups: 1, dropout: 0.9 });
  assertEquals([...await gpu.read(y)], [1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4]);
  tape.end();
});

Deno.test("repeatRows refuses shapes, groups and probabilities that have no sense", async () => {
  const tape = new Tape(await testGpu());
  const x = tape.empty([2, 8], "x");
  const sequenceStarts = tape.upload([3], Uint32Array.of(0, 1, 2), "starts");
  const inputs = { x, sequenceStarts, rows: 2, groups: 2 };
  const short = tape.upload([2], Uint32Array.of(0, 2), "starts");
  assertThrows(() => repeatRows(tape, { ...inputs, sequenceStarts: short }), TypeError, "[3]");
  assertThrows(() => repeatRows(tape, { ...inputs, groups: 4 }), TypeError, "4 groups share 8");
  for (const dropout of [1, -0.1, NaN]) {
    assertThrows(() => repeatRows(tape, { ...inputs, dropout }), RangeError, "wanted [0, 1)");
  }
  tape.end();
});

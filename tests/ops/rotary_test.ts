import { assertEquals, assertThrows } from "@std/assert";
import { RotaryTurns } from "../../src/nn/rotary_turns.ts";
import { rotary } from "../../src/ops/rotary.ts";
import { Tape } from "../../src/ops/tape.ts";
import { normalValues } from "../reference/random_values.ts";
import { rotary as reference } from "../reference/rotary.ts";
import { assertClose } from "../support/assert_close.ts";
import { testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

const CASES = [
  { T: 1, C: 8, H: 1, twice: false },
  { T: 7, C: 48, H: 2, twice: true },
  { T: 70, C: 128, H: 2, twice: false },
];

Deno.test("rotary equals its reference, forward and backward", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const { T, C, H, twice } of CASES) {
      const base = 10000;
      const turns = new RotaryTurns(base, C / H);
      const positions = Uint32Array.from({ length: T }, (_, i) => i * 37 % 500);
      const qkv = normalValues(T * 3 * C, 1);
      const dOutput = normalValues(T * 3 * C, 2);
      const { y, gradients } = await runOp(gpu, {
        inputs: { qkv: { shape: [T, 3 * C], data: qkv } },
        forward: (tape, tensors) =>
          rotary(tape, {
            qkv: tensors.qkv,
            positions: tape.upload([T], positions, "positions"),
            turns: turns.upload(tape, 500),
            heads: H,
          }),
        dOutput,
        twice,
      });
      // Two products of rounded factors below 6 and their sum.
      const close = { shape: [T, 3 * C], absolute: 6 * 4 * 2 ** -24, relative: 0 };
      const name = { case: JSON.stringify({ T, C, H }) };
      const input = { positions, C, H, base };
      assertClose(y, reference({ ...input, qkv }), { op: "rotary", ...name, ...close });
      const times = twice ? 2 : 1;
      const expected = reference({ ...input, qkv: dOutput }, -1).map((value) => value * times);
      const absolute = close.absolute * times;
      assertClose(gradients.qkv, expected, { op: "backward", ...name, ...close, absolute });
      seen++;
    }
  }
  assertEquals(seen, 6);
});

Deno.test("rotary refuses heads and shapes that do not fit", async () => {
  const [gpu] = await testGpus();
  const tape = new Tape(gpu);
  const run = (width: number, columns: number, rows = 2) =>
    rotary(tape, {
      qkv: tape.empty([2, columns], "qkv"),
      positions: tape.empty([rows], "positions", "u32"),
      turns: tape.empty([5, width], "turns"),
      heads: 2,
    });
  assertThrows(() => run(12, 72), TypeError, "a head has 12 columns, wanted a multiple of 8");
  assertThrows(() => run(8, 24), TypeError, "wanted [2,48]");
  assertThrows(() => run(8, 48, 3), TypeError, "wanted [2]");
  tape.end();
});

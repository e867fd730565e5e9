import { assertEquals } from "@std/assert";
import { RotaryTurns } from "../../src/nn/rotary_turns.ts";
import { Tape } from "../../src/ops/tape.ts";
import { testGpu } from "../support/gpu.ts";

Deno.test("RotaryTurns hold cosines, then sines, of the angles of every position, rounded once", async () => {
  const gpu = await testGpu();
  const turns = new RotaryTurns(160000, 8);
  // The table grows from 64 positions to more; earlier ones keep their values.
  for (const positions of [3, 64, 5000, 2]) {
    const tape = new Tape(gpu);
    const table = turns.upload(tape, positions);
    assertEquals(table.shape, [positions, 8]);
    const values = await gpu.read(table);
    tape.end();
    for (const position of [0, 1, positions - 1]) {
      const angles = [0, 1, 2, 3].map((i) => position * 160000 ** (-i / 4));
      const expected = [...angles.map(Math.cos), ...angles.map(Math.sin)].map(Math.fround);
      assertEquals([...values.subarray(position * 8, position * 8 + 8)], expected);
    }
  }
});

import { assertEquals } from "@std/assert";
import { embedding, uploadIds } from "../../src/ops/embedding.ts";
import { Tape } from "../../src/ops/tape.ts";
import { embedding as reference, embeddingBackward } from "../reference/embedding.ts";
import { integerValues, normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

interface Case {
  T: number;
  C: number;
  /** Rows of the word table. */
  V: number;
  /** Rows of the position table. */
  P?: number;
  type?: boolean;
  twice?: boolean;
  parameter?: boolean;
}

/** Groups of 128 rows are the longest that are summed at once. */
const CASES: readonly Case[] = [
  { T: 1, C: 4, V: 1 },
  { T: 63, C: 124, V: 50, type: true, parameter: true },
  { T: 200, C: 132, V: 3, type: true, parameter: true, twice: true },
  { T: 300, C: 8, V: 1000, type: true },
  { T: 128, C: 4, V: 1, P: 1 },
  { T: 129, C: 4, V: 1, P: 1, parameter: true },
  { T: 256, C: 8, V: 2, P: 1, twice: true },
  { T: 700, C: 132, V: 300, P: 3, type: true, parameter: true, twice: true },
  { T: 1500, C: 4, V: 3, P: 1000, type: true },
  // One workgroup an id: more than an axis holds.
  { T: 140_000, C: 4, V: 100_000, P: 66_000, parameter: true },
];

/** How many tokens the most frequent id has. */
function mostFrequent(ids: Uint32Array): number {
  const counts = new Map<number, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return [...counts.values()].reduce((a, b) => Math.max(a, b));
}

Deno.test("embedding equals its reference; ids that repeat add up their gradients", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const { T, C, V, P = 32, type = false, twice = false, parameter = false } of CASES) {
      const Y = 2;
      const ids = integerValues(T, 1, V) as Uint32Array<ArrayBuffer>;
      const positions = Uint32Array.from({ length: T }, (_, i) => i % P);
      const [word, position, kind] = [V, P, Y].map((rows, i) => normalValues(rows * C, i + 2));
      const dOutput = normalValues(T * C, 5).map(Math.fround);
      const { y, gradients } = await runOp(gpu, {
        inputs: {
          word: { shape: [V, C], data: word, parameter },
          position: { shape: [P, C], data: position, parameter },
          type: { shape: [Y, C], data: kind, parameter },
        },
        forward: (tape, tensors) =>
          embedding(tape, {
            words: uploadIds(tape, ids, "ids"),
            positions: uploadIds(tape, positions, "positions"),
            word: tensors.word,
            position: tensors.position,
            type: type ? tensors.type : undefined,
          }),
        dOutput,
        twice,
      });
      const typeIds = new Uint32Array(T);
      const table = type ? kind : new Float64Array(Y * C);
      const input = { word, position, type: table, ids, positions, typeIds, C };
      const name = { case: JSON.stringify({ T, C, V, P, type, twice }) };
      const rounding = floatTolerance(3);
      assertClose(y, reference(input), {
        op: "embedding",
        ...name,
        absolute: 8 * rounding,
        relative: rounding,
      });
      const expected = embeddingBackward(input, dOutput);
      const check = (op: string, found: Float32Array, gradient: Float64Array, group: number) => {
        // Partial sums of n normal values stay within 4 sqrt(n) or so.
        const relative = floatTolerance(2 * group + 1);
        assertClose(found, gradient.map((value) => value * (twice ? 2 : 1)), {
          op,
          ...name,
          absolute: relative * 4 * Math.sqrt(2 * group),
          relative,
        });
      };
      check("embedding dWord", gradients.word, expected.dWord, mostFrequent(ids));
      check("embedding dPosition", gradients.position, expected.dPosition, mostFrequent(positions));
      if (type) check("embedding dType", gradients.type, expected.dType, T);
      else assertEquals(gradients.type, new Float32Array(Y * C));
      seen++;
    }
  }
  assertEquals(seen, 20);
});

Deno.test("uploadIds sorts only for a tape that records", async () => {
  const gpu = await testGpu();
  const ids = Uint32Array.of(7, 3, 7);
  const tape = new Tape(gpu);
  const { order, ids: uploaded } = uploadIds(tape, ids, "ids");
  assertEquals(order, uploaded);
  tape.end();
  const recording = new Tape(gpu, { recording: true });
  const sorted = uploadIds(recording, ids, "ids");
  assertEquals([...await gpu.readIntegers(sorted.order)], [1, 0, 2]);
  assertEquals([...await gpu.readIntegers(sorted.starts)], [0, 1, 3]);
  assertEquals([...await gpu.readIntegers(sorted.distinct)], [3, 7]);
  assertEquals(sorted.long, null);
  recording.end();
});

Deno.test("uploadIds cuts the tokens of frequent ids into pieces", async () => {
  const gpu = await testGpu();
  const tape = new Tape(gpu, { recording: true });
  const ids = new Uint32Array(300).fill(5);
  ids[100] = 2;
  const { starts, distinct, long } = uploadIds(tape, ids, "ids");
  assertEquals([...await gpu.readIntegers(starts)], [0, 1]);
  assertEquals([...await gpu.readIntegers(distinct)], [2]);
  assertEquals([...await gpu.readIntegers(long!.pieces.starts)], [0, 128, 256, 299]);
  assertEquals([...await gpu.readIntegers(long!.sums.order)], [0, 1, 2]);
  assertEquals([...await gpu.readIntegers(long!.sums.distinct)], [5]);
  tape.end();
});

Deno.test("embedding takes positions from an offset on, or none at all", async () => {
  const [T, C, V, P] = [300, 8, 5, 7];
  const ids = integerValues(T, 1, V) as Uint32Array<ArrayBuffer>;
  const places = Uint32Array.from({ length: T }, (_, i) => i % 4);
  const [word, position, dOutput] = [V, P, T].map((rows, i) => normalValues(rows * C, i + 2));
  for (const gpu of await testGpus()) {
    for (const offset of [3, null]) {
      const { y, gradients } = await runOp(gpu, {
        inputs: {
          word: { shape: [V, C], data: word, parameter: true },
          position: { shape: [P, C], data: position },
        },
        forward: (tape, tensors) =>
          embedding(tape, {
            words: uploadIds(tape, ids, "ids"),
            positions: uploadIds(tape, places, "positions"),
            word: tensors.word,
            position: offset === null ? undefined : tensors.position,
            positionOffset: offset ?? undefined,
          }),
        dOutput,
      });
      const input = {
        word,
        position: offset === null ? new Float64Array(P * C) : position,
        type: new Float64Array(C),
        ids,
        positions: places.map((place) => place + (offset ?? 0)),
        typeIds: new Uint32Array(T),
        C,
      };
      const close = { absolute: 8 * floatTolerance(2), relative: floatTolerance(2) };
      assertClose(y, reference(input), { op: "embedding", ...close });
      const { dWord, dPosition } = embeddingBackward(input, dOutput);
      const relative = floatTolerance(T);
      const sums = { absolute: relative * 4 * Math.sqrt(T), relative };
      assertClose(gradients.word, dWord, { op: "dWord", ...sums });
      if (offset === null) assertEquals(gradients.position, new Float32Array(P * C));
      else assertClose(gradients.position, dPosition, { op: "dPosition", ...sums });
    }
  }
});

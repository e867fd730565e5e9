import { assertEquals, assertThrows } from "@std/assert";
import {
  attention,
  type AttentionVariant,
  uploadAttentionLayout,
} from "../../src/ops/attention.ts";
import { Tape } from "../../src/ops/tape.ts";
import { attention as reference, attentionBackward } from "../reference/attention.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

interface Case {
  lengths: number[];
  C: number;
  H: number;
  /** Standard deviation of queries, keys and values. */
  deviation?: number;
  twice?: boolean;
}

const CASES: readonly Case[] = [
  { lengths: [1], C: 4, H: 1 },
  { lengths: [1, 1, 2], C: 8, H: 2 },
  { lengths: [7, 8, 9], C: 24, H: 2 },
  { lengths: [15, 16, 17], C: 32, H: 2 },
  { lengths: [63, 64, 65, 1], C: 16, H: 1 },
  { lengths: [1, 200, 3], C: 64, H: 4 },
  { lengths: [5, 33], C: 128, H: 1 },
  { lengths: [12, 20], C: 16, H: 2, deviation: 8 },
  { lengths: [19, 2], C: 16, H: 2, twice: true },
];

async function variants(): Promise<AttentionVariant[]> {
  const gpu = await testGpu();
  return gpu.lanes >= 8 ? ["workgroup", "subgroup"] : ["workgroup"];
}

function starts(lengths: readonly number[]): Uint32Array<ArrayBuffer> {
  const result = new Uint32Array(lengths.length + 1);
  lengths.forEach((length, i) => result[i + 1] = result[i] + length);
  return result;
}

async function check(test: Case, variant: AttentionVariant): Promise<void> {
  const { lengths, C, H, deviation = 1, twice = false } = test;
  const sequenceStarts = starts(lengths);
  const T = sequenceStarts[lengths.length];
  const qkv = normalValues(T * 3 * C, 1, { deviation });
  const dOutput = normalValues(T * C, 2);
  const { y, gradients } = await runOp(await testGpu(), {
    inputs: { qkv: { shape: [T, 3 * C], data: qkv } },
    forward: (tape, tensors) =>
      attention(tape, {
        qkv: tensors.qkv,
        layout: uploadAttentionLayout(tape, sequenceStarts, variant),
        heads: H,
      }),
    dOutput,
    twice,
  });
  const input = { qkv, sequenceStarts, C, H };
  const longest = Math.max(...lengths);
  const D = C / H;
  // A score is a sum of D products and enters an exponential, which turns its absolute error into a
  // relative one; WGSL grants exp 3 + 2 |x| ulp, x being a score's distance from the maximum.
  const score = deviation ** 2 * Math.sqrt(D) / Math.sqrt(D);
  const exponential = floatTolerance(D) * 4 * score + (3 + 2 * 8 * score) * 2 ** -23;
  const relative = exponential + floatTolerance(longest + D);
  const name = { op: "attention", case: `${variant} ${JSON.stringify(test)}` };
  assertClose(y, reference(input).context, {
    ...name,
    shape: [T, C],
    absolute: relative * deviation,
    relative,
  });
  const expected = attentionBackward(input, dOutput).map((value) => value * (twice ? 2 : 1));
  // Gradients of scores are differences of terms of size d_o . v, summed over a row or a column.
  const size = deviation ** 2 * Math.sqrt(D) * 4 * (twice ? 2 : 1);
  assertClose(gradients.qkv, expected, {
    op: "attention backward",
    case: name.case,
    shape: [T, 3 * C],
    absolute: relative * size,
    relative,
  });
}

Deno.test("attention equals its reference for sequences below, at and above tiles", async () => {
  let seen = 0;
  for (const variant of await variants()) {
    for (const test of CASES) {
      await check(test, variant);
      seen++;
    }
  }
  assertEquals(seen, CASES.length * (await variants()).length);
});

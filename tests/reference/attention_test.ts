import { assertEquals } from "@std/assert";
import { assertClose } from "../support/assert_close.ts";
import { dot, gradientCheck } from "../support/gradient_check.ts";
import { attention, attentionBackward, attentionGradients } from "./attention.ts";
import { integerValues, normalValues } from "./random_values.ts";

const tight = { absolute: 1e-14, relative: 1e-14 };

Deno.test("attention weighs the values of a sequence by softmax of the scaled scores", () => {
  // One head of width 4, so that scores are halved; q0 = [2 ln 3, 0, 0, 0] sees scores ln 3 and 0.
  const q = 2 * Math.log(3);
  const qkv = Float64Array.of(
    ...[q, 0, 0, 0, 1, 0, 0, 0, 8, 0, 4, 1],
    ...[0, 0, 0, 0, 0, 1, 0, 0, 0, 8, 0, 1],
  );
  const { context, logSumExp } = attention({ qkv, sequenceStarts: [0, 2], C: 4, H: 1 });
  assertClose(context, [6, 2, 3, 1, 4, 4, 2, 1], { op: "context", shape: [2, 4], ...tight });
  assertClose(logSumExp, [Math.log(4), Math.log(2)], { op: "logSumExp", ...tight });
});

Deno.test("attention of a sequence of length 1 is its value, whatever stands beside it", () => {
  const [C, H] = [6, 3];
  const qkv = normalValues(5 * 3 * C, 1);
  const { context } = attention({ qkv, sequenceStarts: [0, 2, 3, 5], C, H });
  assertClose(
    context.subarray(2 * C, 3 * C),
    qkv.subarray(2 * 3 * C + 2 * C, 3 * 3 * C),
    { op: "context", ...tight },
  );
});

Deno.test("attention keeps sequences and heads apart", () => {
  const [C, H] = [4, 2];
  const qkv = normalValues(7 * 3 * C, 2);
  const packed = attention({ qkv, sequenceStarts: [0, 3, 7], C, H });
  const second = attention({ qkv: qkv.slice(3 * 3 * C), sequenceStarts: [0, 4], C, H });
  assertEquals(packed.context.slice(3 * C), second.context);
  assertEquals(packed.logSumExp.slice(3 * H), second.logSumExp);

  const head0 = Float64Array.from({ length: 7 * 3 * 2 }, (_, i) => {
    const [row, part, d] = [Math.floor(i / 6), Math.floor(i % 6 / 2), i % 2];
    return qkv[row * 3 * C + part * C + d];
  });
  const alone = attention({ qkv: head0, sequenceStarts: [0, 3, 7], C: 2, H: 1 });
  assertEquals(alone.context, packed.context.filter((_, i) => i % C < 2));
  assertEquals(alone.logSumExp, packed.logSumExp.filter((_, i) => i % H === 0));
});

Deno.test("attention stays finite for large scores", () => {
  const qkv = normalValues(4 * 3 * 2, 3).map((value) => value * 1e3);
  const { context, logSumExp } = attention({ qkv, sequenceStarts: [0, 4], C: 2, H: 1 });
  assertEquals([...context, ...logSumExp].every(Number.isFinite), true);
});

Deno.test("attention drops probabilities after the softmax and scales up the others", () => {
  const qkv = Float64Array.of(0, 0, 6, 0, 0, 2);
  const keep = (row: number, keyRow: number, head: number) =>
    row === 0 && keyRow === 1 && head === 0;
  const dropout = { keep, p: 0.75 };
  const { context, logSumExp } = attention({ qkv, sequenceStarts: [0, 2], C: 1, H: 1, dropout });
  assertEquals(context, Float64Array.of(4, 0));
  assertClose(logSumExp, [Math.log(2), Math.log(2)], { op: "logSumExp", ...tight });
});

const [rows, C, H] = [9, 6, 2];
const bits = integerValues(rows * rows * H, 4, 4);
const keep = (row: number, keyRow: number, head: number) =>
  bits[(row * rows + keyRow) * H + head] !== 0;

for (const dropout of [undefined, { keep, p: 0.25 }]) {
  const name = dropout === undefined ? "without" : "with";
  Deno.test(`attentionBackward agrees with central differences, ${name} dropout`, () => {
    const input = {
      qkv: normalValues(rows * 3 * C, 5),
      sequenceStarts: [0, 4, 5, 9],
      C,
      H,
      dropout,
    };
    const dContext = normalValues(rows * C, 6);
    gradientCheck(
      (qkv) => dot(attention({ ...input, qkv }).context, dContext),
      input.qkv,
      attentionBackward(input, dContext),
    );
  });
}

Deno.test("attention within a window is that of the whole sequence where the window covers it", () => {
  const input = { qkv: normalValues(9 * 3 * 4, 8), sequenceStarts: [0, 9], C: 4, H: 2 };
  assertEquals(attention({ ...input, window: 8 }), attention(input));
  // Alone, a row sees its own value.
  const alone = attention({ ...input, window: 0 }).context;
  assertEquals(alone, input.qkv.filter((_, i) => i % 12 >= 8));
  const near = attention({ ...input, window: 2 }).context;
  const moved = input.qkv.slice();
  moved.fill(3, 0, 12);
  const again = attention({ ...input, qkv: moved, window: 2 }).context;
  assertEquals(again.slice(3 * 4), near.slice(3 * 4));
  assertEquals(again.slice(0, 3 * 4).every((value, i) => value !== near[i]), true);
});

Deno.test("attention adds biases to scaled scores, by bucket and head", () => {
  // Equal keys: the weights of row 0 are the softmax of its biases.
  const qkv = Float64Array.of(0, 0, 6, 0, 0, 2);
  const bias = {
    table: Float64Array.of(0, Math.log(3)),
    bucketOf: (distance: number) => distance > 0 ? 1 : 0,
  };
  const { context } = attention({ qkv, sequenceStarts: [0, 2], C: 1, H: 1, bias });
  assertClose(context, [(6 + 3 * 2) / 4, 4], { op: "context", ...tight });
});

Deno.test("attentionGradients agrees with central differences, with a window, biases and dropout", () => {
  const input = {
    qkv: normalValues(rows * 3 * C, 5),
    sequenceStarts: [0, 6, 9],
    C,
    H,
    dropout: { keep, p: 0.25 },
    window: 3,
    bias: {
      table: normalValues(4 * H, 9),
      bucketOf: (distance: number) => distance > 0 ? 3 : Math.min(2, -distance),
    },
  };
  const dContext = normalValues(rows * C, 6);
  const { dQkv, dTable } = attentionGradients(input, dContext);
  const value = (changed: Partial<typeof input>) =>
    dot(attention({ ...input, ...changed }).context, dContext);
  gradientCheck((qkv) => value({ qkv }), input.qkv, dQkv);
  gradientCheck(
    (table) => value({ bias: { ...input.bias, table } }),
    input.bias.table,
    dTable,
  );
});

Deno.test("causal attention of a row is attention over the sequence up to it", () => {
  const input = { qkv: normalValues(5 * 3 * 4, 8), sequenceStarts: [0, 5], C: 4, H: 2 };
  const causal = attention({ ...input, causal: true });
  assertEquals(causal.context.slice(0, 4), input.qkv.slice(8, 12));
  for (let length = 1; length <= 5; length++) {
    const qkv = input.qkv.slice(0, length * 12);
    const { context } = attention({ ...input, qkv, sequenceStarts: [0, length] });
    assertEquals(causal.context.slice(4 * length - 4, 4 * length), context.slice(-4));
  }
});

Deno.test("attentionBackward of causal attention agrees with central differences", () => {
  const input = {
    qkv: normalValues(rows * 3 * C, 5),
    sequenceStarts: [0, 4, 5, 9],
    C,
    H,
    causal: true,
  };
  const dContext = normalValues(rows * C, 6);
  gradientCheck(
    (qkv) => dot(attention({ ...input, qkv }).context, dContext),
    input.qkv,
    attentionBackward(input, dContext),
  );
});

import { assert, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { SoftmaxLoss, type SoftmaxLossOptions } from "../../src/losses/softmax_loss.ts";
import { Tape } from "../../src/ops/tape.ts";
import { softmaxLoss } from "../reference/losses/softmax_loss.ts";
import { integerValues, normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { givenParameters } from "../support/given_parameters.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { columnRanges, runLoss } from "../support/run_loss.ts";

interface Case {
  B: number;
  C: number;
  K: number;
  /** Of u and v, difference, product. */
  parts?: [boolean, boolean, boolean];
  labelSmoothing?: number;
  sameLabels?: boolean;
}

const CASES: readonly Case[] = [
  { B: 1, C: 4, K: 2 },
  { B: 33, C: 20, K: 3 },
  { B: 16, C: 32, K: 7, labelSmoothing: 0.1 },
  { B: 9, C: 12, K: 3, parts: [false, true, true] },
  { B: 9, C: 12, K: 5, parts: [true, true, true], sameLabels: true },
];

function makeCase({ B, C, K, parts = [true, true, false], sameLabels = false }: Case) {
  const [both, difference, product] = parts;
  const width = (Number(both) * 2 + Number(difference) + Number(product)) * C;
  return {
    width,
    parts: { both, difference, product },
    embeddings: normalValues(2 * B * C, 1),
    weight: normalValues(K * width, 2, { deviation: 1 / Math.sqrt(width) }),
    bias: normalValues(K, 3),
    labels: sameLabels ? new Uint32Array(B).fill(K - 1) : integerValues(B, 4, K),
    options: {
      num_labels: K,
      concatenation_sent_rep: both,
      concatenation_sent_difference: difference,
      concatenation_sent_multiplication: product,
    },
  };
}

async function runOn(
  gpu: Awaited<ReturnType<typeof testGpu>>,
  test: Case,
  embeddings?: Float64Array,
) {
  const { B, C, K, labelSmoothing } = test;
  const made = makeCase(test);
  return await runLoss(gpu, new SoftmaxLoss(made.options), {
    B,
    C,
    inputs: {
      embeddings: embeddings ?? made.embeddings,
      parameters: {
        "classifier.weight": { shape: [K, made.width], data: made.weight },
        "classifier.bias": { shape: [K], data: made.bias },
      },
    },
    labels: made.labels,
    labelSmoothing,
  });
}

Deno.test("SoftmaxLoss equals its reference, with the gradients of its classifier", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const test of CASES) {
      const { B, C, K, labelSmoothing } = test;
      const { parts, width, ...made } = makeCase(test);
      const { y, gradients } = await runOn(gpu, test);
      const expected = softmaxLoss({ ...made, ...parts, C, labelSmoothing });
      const name = { op: "SoftmaxLoss", case: JSON.stringify(test) };
      // Features reach 25 and logits about 10, of which exp makes a relative error.
      const rounding = 10 * floatTolerance(width + K) + 2 ** -20;
      assertClose(y, [expected.loss], { ...name, absolute: rounding, relative: 0 });
      const close = { ...name, absolute: 25 * rounding / Math.sqrt(B), relative: 0 };
      assertClose(gradients.embeddings, expected.dEmbeddings, close);
      assertClose(gradients["classifier.weight"], expected.dWeight, close);
      assertClose(gradients["classifier.bias"], expected.dBias, close);
      seen++;
    }
  }
  assertEquals(seen, 10);
});

Deno.test("SoftmaxLoss of a NaN is NaN, and of huge embeddings finite", async () => {
  const gpu = await testGpu();
  const test = { B: 2, C: 4, K: 3 };
  const { embeddings } = makeCase(test);
  assert(Number.isNaN((await runOn(gpu, test, embeddings.with(3, NaN))).y[0]));
  const huge = await runOn(gpu, test, embeddings.map((value) => 1e4 * value));
  assert(Number.isFinite(huge.y[0]) && huge.gradients.embeddings.every(Number.isFinite));
});

Deno.test("SoftmaxLoss has the name and the options of upstream", () => {
  const loss = new SoftmaxLoss({ num_labels: 3 });
  assertEquals(loss.name, "SoftmaxLoss");
  assertEquals(loss.smoothsLabels, true);
  assertEquals(loss.config, {
    num_labels: 3,
    concatenation_sent_rep: true,
    concatenation_sent_difference: true,
    concatenation_sent_multiplication: false,
    loss_fct: "CrossEntropyLoss",
  });
  assert(loss.citation.startsWith("@inproceedings{reimers-2019-sentence-bert,"));
});

Deno.test("SoftmaxLoss refuses options without sense", () => {
  const create = (options: unknown) => new SoftmaxLoss(options as SoftmaxLossOptions);
  for (const num_labels of [0, -1, 2.5, "3", undefined]) {
    assertThrows(() => create({ num_labels }), UsageError, "Cannot set up SoftmaxLoss: num_labels");
  }
  assertThrows(
    () =>
      create({
        num_labels: 2,
        concatenation_sent_rep: false,
        concatenation_sent_difference: false,
      }),
    UsageError,
    "are false, wanted at least one",
  );
  assertThrows(() => create({ num_labels: 2, loss_fct: "Other" }), UsageError, "loss_fct");
});

Deno.test("SoftmaxLoss wants two columns and classes within their number", () => {
  const loss = new SoftmaxLoss({ num_labels: 3 });
  const facts = { width: 1, minimum: 0, maximum: 2, isWhole: true };
  loss.checkColumns(["a", "b"], facts);
  loss.checkColumns(["a", "b"], { ...facts, maximum: 0 });
  const start = "Cannot train with SoftmaxLoss: found";
  for (const columns of [["a"], ["a", "b", "c"]]) {
    assertThrows(() => loss.checkColumns(columns, facts), UsageError, `${start} as text columns`);
  }
  for (
    const labels of [
      null,
      { ...facts, width: 2 },
      { ...facts, minimum: -1 },
      { ...facts, maximum: 3 },
      { ...facts, isWhole: false },
    ]
  ) {
    assertThrows(
      () => loss.checkColumns(["a", "b"], labels),
      UsageError,
      "wanted a class for each row, a whole number from 0 to 2; num_labels is 3",
    );
  }
});

Deno.test("SoftmaxLoss refuses to run undeclared, or with embeddings of another length", async () => {
  const tape = new Tape(await testGpu());
  const loss = new SoftmaxLoss({ num_labels: 2 });
  const batch = {
    embeddings: tape.empty([4, 8], "x"),
    columns: columnRanges(2, 2),
    labels: tape.empty([2], "labels"),
  };
  assertThrows(() => loss.forward(tape, batch), TypeError, "its classifier declared before");
  const tensors = {
    "classifier.weight": tape.empty([2, 12], "weight"),
    "classifier.bias": tape.empty([2], "bias"),
  };
  loss.declare(givenParameters(tensors), { dimension: 4, seed: 1 });
  assertThrows(
    () => loss.forward(tape, batch),
    UsageError,
    "its classifier takes embeddings of 4 numbers, found 8",
  );
  tape.end();
});

import { assert, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { ParameterStore } from "../../src/gpu/parameter_slab.ts";
import {
  ContrastiveTensionLossInBatchNegatives,
  type ContrastiveTensionLossInBatchNegativesOptions,
} from "../../src/losses/contrastive_tension_loss_in_batch_negatives.ts";
import { Tape } from "../../src/ops/tape.ts";
import { batchTensionLoss } from "../reference/losses/contrastive_tension_loss_in_batch_negatives.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { columnRanges, runLoss } from "../support/run_loss.ts";

const NAME = "ContrastiveTensionLossInBatchNegatives";
const CASES: readonly {
  B: number;
  C: number;
  scale: number;
  similarity_fct?: "cos_sim" | "dot_score";
  labelSmoothing?: number;
}[] = [
  { B: 1, C: 4, scale: 20 },
  { B: 33, C: 20, scale: 20 },
  { B: 9, C: 64, scale: 5, labelSmoothing: 0.1 },
  { B: 9, C: 12, scale: 1, similarity_fct: "dot_score" },
];

Deno.test(`${NAME} equals its reference, with the gradients of copy and scale`, async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const test of CASES) {
      const { B, C, scale, similarity_fct, labelSmoothing } = test;
      const cosine = similarity_fct !== "dot_score";
      const deviation = cosine ? 1 : C ** -0.25;
      const embeddings = normalValues(B * C, 1, { deviation });
      const twin = normalValues(B * C, 2, { deviation });
      const logScale = Math.fround(Math.log(scale));
      const loss = new ContrastiveTensionLossInBatchNegatives({ scale, similarity_fct });
      const { y, gradients } = await runLoss(gpu, loss, {
        B,
        C,
        inputs: {
          embeddings,
          twin,
          parameters: { logit_scale: { shape: [], data: Float64Array.of(logScale) } },
        },
        labelSmoothing,
      });
      const expected = batchTensionLoss({ embeddings, twin, logScale, C, cosine, labelSmoothing });
      const name = { op: NAME, case: JSON.stringify(test) };
      // Scores reach `top`; what they are off by makes probabilities off by as large a share.
      const top = cosine ? scale : 8 * Math.sqrt(C);
      const rounding = top * (floatTolerance(C + 4) + 2 ** -20);
      assertClose(y, [expected.loss], { ...name, absolute: rounding, relative: 0 });
      // Slopes are 2 scale times what a row is, over a row's length, here above 1 / 2.
      const close = { ...name, absolute: 4 * top * rounding / Math.sqrt(B), relative: 0 };
      assertClose(gradients.embeddings, expected.dEmbeddings, close);
      assertClose(gradients.twin, expected.dTwin, close);
      assertClose(gradients.logit_scale, [expected.dLogScale], {
        ...name,
        absolute: 4 * top * rounding,
        relative: 0,
      });
      seen++;
    }
  }
  assertEquals(seen, 8);
});

Deno.test(`${NAME} stays finite at scale 1000, for zero vectors, and is NaN of a NaN`, async () => {
  const run = async (first: number, rest: number) =>
    await runLoss(await testGpu(), new ContrastiveTensionLossInBatchNegatives(), {
      B: 2,
      C: 4,
      inputs: {
        embeddings: normalValues(8, 1).map((value) => value * rest).fill(first, 0, 1),
        twin: normalValues(8, 2),
        parameters: { logit_scale: { shape: [], data: Float64Array.of(Math.log(1000)) } },
      },
    });
  for (const rest of [1, 0]) {
    const { y, gradients } = await run(0, rest);
    assert(Number.isFinite(y[0]) && gradients.embeddings.every(Number.isFinite), `${rest}`);
  }
  assert(Number.isNaN((await run(NaN, 1)).y[0]));
});

Deno.test(`${NAME} declares the logarithm of its scale`, async () => {
  const store = new ParameterStore(await testGpu());
  new ContrastiveTensionLossInBatchNegatives({ scale: 5 }).declare(store);
  store.allocate(() => null, true);
  assertEquals(store.parameters.map(({ name, init }) => [name, init.decay]), [[
    "logit_scale",
    true,
  ]]);
  const { shape, data } = (await store.download()).get("logit_scale")!;
  assertEquals([shape, [...data]], [[], [Math.fround(Math.log(5))]]);
  store.destroy();
});

Deno.test(`${NAME} has the name and the options of upstream, and wants a copy`, () => {
  const loss = new ContrastiveTensionLossInBatchNegatives();
  assertEquals([loss.name, loss.smoothsLabels], [NAME, true]);
  assertEquals(loss.config, { scale: 20, similarity_fct: "cos_sim" });
  assertEquals(loss.wants, { twin: true });
  const create = (options: unknown) =>
    new ContrastiveTensionLossInBatchNegatives(
      options as ContrastiveTensionLossInBatchNegativesOptions,
    );
  for (const scale of [0, -1, Infinity, "20"]) {
    assertThrows(() => create({ scale }), UsageError, "scale is");
  }
});

Deno.test(`${NAME} wants one column, a copy, and to be declared`, async () => {
  const loss = new ContrastiveTensionLossInBatchNegatives();
  loss.checkColumns(["a"]);
  for (const columns of [[], ["a", "b"]]) {
    assertThrows(() => loss.checkColumns(columns), UsageError, "wanted one");
  }
  const tape = new Tape(await testGpu());
  const embeddings = tape.empty([2, 4], "x");
  const batch = { embeddings, columns: columnRanges(1, 2), labels: null };
  for (const twin of [undefined, tape.empty([2, 4], "twin")]) {
    assertThrows(
      () => loss.forward(tape, { ...batch, twin }),
      TypeError,
      "wanted embeddings by the copy of the model, and its scale declared before",
    );
  }
  tape.end();
});

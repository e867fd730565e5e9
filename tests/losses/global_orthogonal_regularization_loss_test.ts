import { assert, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import {
  GlobalOrthogonalRegularizationLoss,
  type GlobalOrthogonalRegularizationLossOptions,
} from "../../src/losses/global_orthogonal_regularization_loss.ts";
import { spreadLoss } from "../reference/losses/global_orthogonal_regularization_loss.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runLoss } from "../support/run_loss.ts";

const COMPONENTS = { gor_mean: "mean", gor_second_moment: "second moment" } as const;

// N columns of B rows around `center`, so that means are not 0.
const CASES: readonly (
  & { N: number; B: number; C: number; center: number }
  & GlobalOrthogonalRegularizationLossOptions
)[] = [
  { N: 1, B: 2, C: 4, center: 1 },
  { N: 2, B: 33, C: 20, center: 0.5, mean_weight: 3, second_moment_weight: 0.5 },
  { N: 3, B: 9, C: 12, center: 0.5, aggregation: "sum" },
  { N: 2, B: 9, C: 12, center: 0.1, similarity_fct: "dot_score" },
];

Deno.test("GlobalOrthogonalRegularizationLoss equals its reference, in both components", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const test of CASES) {
      for (const component of ["gor_mean", "gor_second_moment"] as const) {
        const { N, B, C, center, ...options } = test;
        const { similarity_fct = "cos_sim", aggregation } = options;
        const cosine = similarity_fct === "cos_sim";
        const deviation = cosine ? 1 : C ** -0.5;
        const embeddings = normalValues(N * B * C, 1, { deviation }).map((v) =>
          Math.fround(v + center)
        );
        const loss = new GlobalOrthogonalRegularizationLoss(options);
        const run = { B, C, inputs: { embeddings }, component };
        const { y, gradients } = await runLoss(gpu, loss, run);
        const sum = aggregation === "sum";
        const input = { embeddings, B, C, cosine, sum };
        const { mean_weight = 1, second_moment_weight = 1 } = options;
        const weight = (component === "gor_mean" ? mean_weight : second_moment_weight)!;
        const expected = spreadLoss(input, COMPONENTS[component]);
        const name = { op: component, case: JSON.stringify(test) };
        // Similarities are at most about 2, and slopes 2 * 2 * 2 over a row's length, here above 1 / 2.
        const absolute = 16 * weight * N * floatTolerance(B + C);
        assertClose(y, [weight * expected.loss], { ...name, absolute, relative: 0 });
        assertClose(gradients.embeddings, expected.dEmbeddings.map((g) => weight * g), {
          ...name,
          absolute,
          relative: 0,
        });
        seen++;
      }
    }
  }
  assertEquals(seen, 16);
});

Deno.test("GlobalOrthogonalRegularizationLoss of one row is 0, of zero vectors too, of a NaN NaN", async () => {
  const run = async (B: number, embeddings: Float64Array) =>
    await runLoss(await testGpu(), new GlobalOrthogonalRegularizationLoss(), {
      B,
      C: 4,
      inputs: { embeddings },
    });
  const one = await run(1, Float64Array.of(1, 2, 3, 4));
  assertEquals([...one.y, ...one.gradients.embeddings].map(Math.abs), [0, 0, 0, 0, 0]);
  const zero = await run(3, new Float64Array(12));
  assertEquals([...zero.y], [0]);
  assert(zero.gradients.embeddings.every(Number.isFinite));
  assertEquals([...(await run(2, Float64Array.of(NaN, 2, 3, 4, 5, 6, 7, 8))).y], [NaN]);
  // Equal rows have cosines of 1, of which 1 / 4 is free in the second moment.
  const equal = await run(3, new Float64Array(12).fill(2));
  assertEquals([...equal.y], [1.75]);
});

Deno.test("GlobalOrthogonalRegularizationLoss has the name and the options of upstream", () => {
  const loss = new GlobalOrthogonalRegularizationLoss();
  assertEquals(loss.name, "GlobalOrthogonalRegularizationLoss");
  assertEquals(loss.smoothsLabels, false);
  assertEquals(loss.config, {
    similarity_fct: "cos_sim",
    mean_weight: 1,
    second_moment_weight: 1,
    aggregation: "mean",
  });
  assertEquals(loss.components, ["gor_mean", "gor_second_moment"]);
  assert(loss.citation.startsWith("@misc{zhang2017learning"));
});

Deno.test("GlobalOrthogonalRegularizationLoss leaves out what weighs nothing", async () => {
  const options = [
    [{ mean_weight: 0 }, ["gor_second_moment"]],
    [{ second_moment_weight: null }, ["gor_mean"]],
  ] as const;
  for (const [option, components] of options) {
    const loss = new GlobalOrthogonalRegularizationLoss(option);
    assertEquals(loss.components, [...components]);
    // runLoss compares what it returns with what it names.
    await runLoss(await testGpu(), loss, {
      B: 2,
      C: 4,
      inputs: { embeddings: normalValues(8, 1) },
    });
  }
  for (const nothing of [0, null]) {
    assertThrows(
      () =>
        new GlobalOrthogonalRegularizationLoss({ mean_weight: 0, second_moment_weight: nothing }),
      UsageError,
      "At least one of mean_weight or second_moment_weight must be non-zero",
    );
  }
});

Deno.test("GlobalOrthogonalRegularizationLoss refuses options without sense, and no columns", () => {
  const create = (options: unknown) =>
    new GlobalOrthogonalRegularizationLoss(options as GlobalOrthogonalRegularizationLossOptions);
  assertThrows(() => create({ aggregation: "max" }), UsageError, 'aggregation is "max"');
  assertThrows(() => create({ mean_weight: "1" }), UsageError, 'mean_weight is "1"');
  const loss = create({});
  loss.checkColumns(["text"]);
  assertThrows(() => loss.checkColumns([]), UsageError, "found as text columns none");
});

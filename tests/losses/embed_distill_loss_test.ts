import { assert, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import {
  EmbedDistillLoss,
  type EmbedDistillLossOptions,
} from "../../src/losses/embed_distill_loss.ts";
import { Tape } from "../../src/ops/tape.ts";
import { embedDistillLoss } from "../reference/losses/embed_distill_loss.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { givenParameters } from "../support/given_parameters.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { columnRanges, runLoss } from "../support/run_loss.ts";

// N columns of B rows of C numbers, labels for each column or not, perhaps a projection to G.
const CASES = [
  { N: 1, B: 1, C: 4, apart: false, G: null },
  { N: 2, B: 9, C: 20, apart: false, G: null },
  { N: 3, B: 5, C: 12, apart: true, G: null },
  { N: 2, B: 9, C: 12, apart: true, G: 30 },
];

Deno.test("EmbedDistillLoss equals its reference, with the gradients of its projection", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const metric of ["mse", "l2", "cosine"] as const) {
      for (const { N, B, C, apart, G } of CASES) {
        const width = G ?? C;
        const embeddings = normalValues(N * B * C, 1);
        const targets = normalValues(B * width * (apart ? N : 1), 2);
        const projection = G === null ? undefined : {
          weight: normalValues(G * C, 3, { deviation: 1 / Math.sqrt(C) }),
          bias: normalValues(G, 4),
        };
        const loss = new EmbedDistillLoss({ distance_metric: metric, projection_dim: G });
        const { y, gradients } = await runLoss(gpu, loss, {
          B,
          C,
          inputs: {
            embeddings,
            parameters: projection && {
              "projection.weight": { shape: [width, C], data: projection.weight },
              "projection.bias": { shape: [width], data: projection.bias },
            },
          },
          labels: targets,
        });
        const expected = embedDistillLoss({
          embeddings,
          targets,
          B,
          C,
          G: width,
          metric,
          projection,
        });
        const name = {
          op: "EmbedDistillLoss",
          case: JSON.stringify({ metric, N, B, C, apart, G }),
        };
        // Distances reach 25, and slopes 5 over the length of a row, here above 1 / 2.
        const absolute = 25 * floatTolerance(C + width + N * B);
        assertClose(y, [expected.loss], { ...name, absolute, relative: 0 });
        assertClose(gradients.embeddings, expected.dEmbeddings, { ...name, absolute, relative: 0 });
        if (projection !== undefined) {
          const { "projection.weight": dWeight, "projection.bias": dBias } = gradients;
          assertClose(dWeight, expected.dWeight!, { ...name, absolute, relative: 0 });
          assertClose(dBias, expected.dBias!, { ...name, absolute, relative: 0 });
        }
        seen++;
      }
    }
  }
  assertEquals(seen, 24);
});

Deno.test("EmbedDistillLoss is defined for zero vectors, and NaN of a NaN", async () => {
  const gpu = await testGpu();
  for (
    const [distance_metric, first, expected] of [
      ["cosine", 0, 1],
      ["l2", 0, 2],
      ["mse", 0, 1],
      ["cosine", NaN, NaN],
      ["l2", NaN, NaN],
      ["mse", NaN, NaN],
    ] as const
  ) {
    const { y, gradients } = await runLoss(gpu, new EmbedDistillLoss({ distance_metric }), {
      B: 1,
      C: 4,
      inputs: { embeddings: new Float64Array(4).fill(first, 0, 1) },
      labels: [1, 1, 1, 1],
    });
    assertEquals([...y], [expected]);
    if (first === 0) assert(gradients.embeddings.every(Number.isFinite), distance_metric);
  }
});

Deno.test("EmbedDistillLoss has the name and the options of upstream", () => {
  const loss = new EmbedDistillLoss();
  assertEquals(loss.name, "EmbedDistillLoss");
  assertEquals(loss.config, { distance_metric: "cosine", projection_dim: null });
  assertEquals(loss.smoothsLabels, false);
  assert(loss.citation.startsWith("@article{kim2023embeddistill,"));
});

Deno.test("EmbedDistillLoss refuses options without sense", () => {
  const create = (options: unknown) => new EmbedDistillLoss(options as EmbedDistillLossOptions);
  const start = "Cannot set up EmbedDistillLoss: ";
  assertThrows(() => create({ distance_metric: "dot" }), UsageError, `${start}distance_metric is`);
  for (const projection_dim of [0, 1.5, "8"]) {
    assertThrows(() => create({ projection_dim }), UsageError, `${start}projection_dim is`);
  }
  assertThrows(() => create({ metric: "l2" }), UsageError, 'it has no option "metric"');
});

Deno.test("EmbedDistillLoss wants vectors as labels, of the projection's length", () => {
  const facts = { width: 8, minimum: -1, maximum: 1, isWhole: false };
  new EmbedDistillLoss().checkColumns(["a"], facts);
  assertThrows(
    () => new EmbedDistillLoss().checkColumns(["a"], null),
    UsageError,
    "EmbedDistillLoss requires pre-computed teacher embeddings as labels",
  );
  const projected = new EmbedDistillLoss({ projection_dim: 4 });
  projected.checkColumns(["a", "b"], facts);
  assertThrows(() => projected.checkColumns(["a"], facts), UsageError, "wanted as labels");
});

Deno.test("EmbedDistillLoss refuses to project undeclared, or embeddings of another length", async () => {
  const tape = new Tape(await testGpu());
  const loss = new EmbedDistillLoss({ projection_dim: 6 });
  const batch = {
    embeddings: tape.empty([2, 8], "x"),
    columns: columnRanges(1, 2),
    labels: tape.empty([12], "labels"),
  };
  assertThrows(() => loss.forward(tape, batch), TypeError, "its projection declared before");
  const tensors = {
    "projection.weight": tape.empty([6, 4], "weight"),
    "projection.bias": tape.empty([6], "bias"),
  };
  loss.declare(givenParameters(tensors), { dimension: 4, seed: 1 });
  assertThrows(
    () => loss.forward(tape, batch),
    UsageError,
    "its projection takes embeddings of 4 numbers, found 8",
  );
  tape.end();
});

import { assert, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { ContrastiveTensionLoss } from "../../src/losses/contrastive_tension_loss.ts";
import { GlobalOrthogonalRegularizationLoss } from "../../src/losses/global_orthogonal_regularization_loss.ts";
import { MarginMSELoss } from "../../src/losses/margin_mse_loss.ts";
import { MatryoshkaLoss, type MatryoshkaLossOptions } from "../../src/losses/matryoshka_loss.ts";
import { MSELoss } from "../../src/losses/mse_loss.ts";
import { SoftmaxLoss } from "../../src/losses/softmax_loss.ts";
import { Tape } from "../../src/ops/tape.ts";
import { contrastiveTensionLoss } from "../reference/losses/contrastive_tension_loss.ts";
import { spreadLoss } from "../reference/losses/global_orthogonal_regularization_loss.ts";
import { marginMseLoss } from "../reference/losses/margin_mse_loss.ts";
import { type InnerLoss, matryoshkaLoss } from "../reference/losses/matryoshka_loss.ts";
import { mseLoss } from "../reference/losses/mse_loss.ts";
import { l2Normalize } from "../reference/l2_normalize.ts";
import { normalValues } from "../reference/random_values.ts";
import { sliceColumns } from "../reference/slice_columns.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { columnRanges, runLoss } from "../support/run_loss.ts";

const [B, C] = [5, 16];
const DIMS = [8, 16, 4];
const WEIGHTS = [0.5, 1, 2];

/** Labels that are vectors of the embeddings' length, cut as they are. */
const cutLabels = (labels: Float64Array, count: number) =>
  sliceColumns(labels, { C, first: 0, count });

const MARGINS = normalValues(B, 3);
const VECTORS = normalValues(B * C, 4);
const APART = normalValues(2 * B * C, 5);
const CASES: readonly {
  name: string;
  N: number;
  loss: ConstructorParameters<typeof MatryoshkaLoss>[0]["loss"];
  labels?: Float64Array;
  inner: InnerLoss;
  component?: string;
}[] = [
  {
    name: "margins",
    N: 3,
    loss: new MarginMSELoss(),
    labels: MARGINS,
    inner: (embeddings, C) => marginMseLoss({ embeddings, B, C, similarity: "dot_score" }, MARGINS),
  },
  {
    name: "vectors",
    N: 2,
    loss: new MSELoss(),
    labels: VECTORS,
    inner: (embeddings, C) => mseLoss(embeddings, cutLabels(VECTORS, C)),
  },
  {
    name: "vectors for each column",
    N: 2,
    loss: new MSELoss(),
    labels: APART,
    inner: (embeddings, C) => {
      // Labels hold a row's vectors side by side, embeddings one column after the other.
      const short = cutLabels(APART, C);
      const rows = Array.from({ length: 2 * B }, (_, r) => {
        const at = (r % B * 2 + Math.floor(r / B)) * C;
        return [...short.subarray(at, at + C)];
      });
      return mseLoss(embeddings, Float64Array.from(rows.flat()));
    },
  },
  {
    name: "a component",
    N: 1,
    loss: new GlobalOrthogonalRegularizationLoss(),
    inner: (embeddings, C) =>
      spreadLoss({ embeddings, B, C, cosine: true, sum: false }, "second moment"),
    component: "gor_second_moment",
  },
];

Deno.test("MatryoshkaLoss equals its reference over losses with and without labels", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const { name, N, loss, labels, inner, component } of CASES) {
      const embeddings = normalValues(N * B * C, 1);
      const options = { matryoshka_dims: DIMS, matryoshka_weights: WEIGHTS };
      const { y, gradients } = await runLoss(gpu, new MatryoshkaLoss({ loss, ...options }), {
        B,
        C,
        inputs: { embeddings },
        labels,
        component,
      });
      const expected = matryoshkaLoss(embeddings, { C, dims: DIMS, weights: WEIGHTS, inner });
      // Errors of margins and vectors reach 4, and slopes 2 * 4 over a length, here above 1 / 4.
      const absolute = 3.5 * 64 * floatTolerance(C + B);
      const op = { op: "MatryoshkaLoss", case: name };
      assertClose(y, [expected.loss], { ...op, absolute, relative: 0 });
      assertClose(gradients.embeddings, expected.dEmbeddings, { ...op, absolute, relative: 0 });
      seen++;
    }
  }
  assertEquals(seen, 8);
});

Deno.test("MatryoshkaLoss cuts the embeddings of a copy too", async () => {
  const [embeddings, twin] = [normalValues(2 * B * C, 1), normalValues(2 * B * C, 2)];
  const labels = Float64Array.of(1, 0, 0, 1, 0);
  const loss = new MatryoshkaLoss({ loss: new ContrastiveTensionLoss(), matryoshka_dims: [8] });
  const { y } = await runLoss(await testGpu(), loss, {
    B,
    C,
    inputs: { embeddings, twin },
    labels,
  });
  const short = (x: Float64Array) => l2Normalize(cutLabels(x, 8), 8);
  const input = { embeddings: short(embeddings), twin: short(twin), labels, C: 8 };
  const { loss: expected } = contrastiveTensionLoss(input);
  assertClose(y, [expected], { op: "loss", absolute: B * 2 ** -19, relative: 0 });
});

Deno.test("MatryoshkaLoss draws lengths while training, and weighs all of them otherwise", async () => {
  const gpu = await testGpu();
  const data = Float32Array.from(normalValues(2 * C, 1));
  const columns = columnRanges(1, 2);
  const value = async (options: Partial<MatryoshkaLossOptions>, recording: boolean, step = 0) => {
    const loss = new MatryoshkaLoss({
      loss: new MSELoss(),
      matryoshka_dims: [16, 8, 4],
      ...options,
    });
    const tape = new Tape(gpu, { recording, step });
    const embeddings = tape.upload([2, C], data, "embeddings");
    const labels = tape.upload([2 * C], new Float32Array(2 * C).fill(1), "labels");
    const sum = loss.forward(tape, { embeddings, columns, labels });
    const [result] = await gpu.read(sum as Parameters<typeof gpu.read>[0]);
    tape.end();
    return result;
  };
  const single = await Promise.all(
    [16, 8, 4].map((dim) => value({ matryoshka_dims: [dim] }, true)),
  );
  const drawn = new Set<number>();
  for (let step = 0; step < 20; step++) {
    const one = await value({ n_dims_per_step: 1 }, true, step);
    assertEquals(one, await value({ n_dims_per_step: 1 }, true, step));
    drawn.add(one);
  }
  assertEquals([...drawn].sort(), single.sort());
  const mean = single.reduce((sum, one) => sum + one / 3, 0);
  const measured = await value({ n_dims_per_step: 1 }, false);
  assertClose([measured], [mean], { op: "mean", absolute: 0, relative: floatTolerance(4) });
});

Deno.test("MatryoshkaLoss sorts lengths with their weights, and names the other loss", () => {
  const loss = new MarginMSELoss({ similarity_fct: "cos_sim" });
  const options = { loss, matryoshka_dims: DIMS };
  assertEquals(new MatryoshkaLoss({ ...options, matryoshka_weights: WEIGHTS }).config, {
    loss: { name: "MarginMSELoss", options: { similarity_fct: "cos_sim" } },
    matryoshka_dims: [16, 8, 4],
    matryoshka_weights: [1, 0.5, 2],
    n_dims_per_step: -1,
  });
  assertEquals(new MatryoshkaLoss(options).config.matryoshka_weights, [1, 1, 1]);
});

Deno.test("MatryoshkaLoss hands on what the other loss is", () => {
  const wrap = (loss: MatryoshkaLossOptions["loss"]) =>
    new MatryoshkaLoss({ loss, matryoshka_dims: [4] });
  const softmax = wrap(new SoftmaxLoss({ num_labels: 2 }));
  assertEquals([softmax.name, softmax.smoothsLabels], ["MatryoshkaLoss", true]);
  assertEquals([softmax.components, softmax.wants], [undefined, undefined]);
  assert(/^@misc\{kusupati2024.*\n\n@inproceedings\{reimers/s.test(softmax.citation));
  assertEquals(wrap(new ContrastiveTensionLoss()).wants, { twin: true });
  const spread = wrap(new GlobalOrthogonalRegularizationLoss());
  assertEquals(spread.components, ["gor_mean", "gor_second_moment"]);
  assertThrows(
    () => softmax.checkColumns(["a"], null),
    UsageError,
    "Cannot train with SoftmaxLoss",
  );
});

Deno.test("MatryoshkaLoss refuses options without sense", () => {
  const loss = new MSELoss();
  const create = (options: unknown) => new MatryoshkaLoss(options as MatryoshkaLossOptions);
  const start = "Cannot set up MatryoshkaLoss: ";
  const cases = [
    [{ loss, matryoshka_dims: [] }, "You must provide at least one dimension in matryoshka_dims"],
    [{ loss, matryoshka_dims: [0] }, "All dimensions passed to a matryoshka loss must be > 0"],
    [{ loss, matryoshka_dims: [6] }, "multiple of 4"],
    [{ loss, matryoshka_dims: [4], n_dims_per_step: -2 }, "n_dims_per_step is -2"],
    [
      { loss, matryoshka_dims: [4], matryoshka_weights: [1, 2] },
      "matryoshka_weights must be the same length as matryoshka_dims; found 2 and 1",
    ],
    [{ loss: "MSELoss", matryoshka_dims: [4] }, "wanted a loss"],
    [{ loss, dims: [4] }, 'it has no option "dims"'],
  ] as const;
  for (const [options, message] of cases) {
    const error = assertThrows(() => create(options), UsageError, message);
    assert(error.message.startsWith(start), error.message);
  }
});

Deno.test("MatryoshkaLoss refuses lengths above the model's", async () => {
  const loss = new MatryoshkaLoss({ loss: new MSELoss(), matryoshka_dims: [32, 8] });
  const tape = new Tape(await testGpu());
  const batch = { embeddings: tape.empty([2, 16], "x"), columns: columnRanges(1, 2), labels: null };
  const message =
    "Dimensions in matryoshka_dims cannot exceed the model's embedding dimension of 16; found 32";
  assertThrows(() => loss.forward(tape, batch), UsageError, message);
  assertThrows(
    () => loss.declare({} as Parameters<typeof loss.declare>[0], { dimension: 16, seed: 1 }),
    UsageError,
    message,
  );
  tape.end();
});

import { assert, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import {
  Matryoshka2dLoss,
  type Matryoshka2dLossOptions,
} from "../../src/losses/matryoshka2d_loss.ts";
import { MSELoss } from "../../src/losses/mse_loss.ts";
import { SoftmaxLoss } from "../../src/losses/softmax_loss.ts";
import { adaptiveLayerLoss } from "../reference/losses/adaptive_layer_loss.ts";
import { matryoshkaLoss } from "../reference/losses/matryoshka_loss.ts";
import { mseLoss } from "../reference/losses/mse_loss.ts";
import { normalValues } from "../reference/random_values.ts";
import { sliceColumns } from "../reference/slice_columns.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpus } from "../support/gpu.ts";
import { runLoss } from "../support/run_loss.ts";

Deno.test("Matryoshka2dLoss equals its reference: lengths within layers", async () => {
  const [B, C] = [5, 12];
  const layers = [1, 2, 3].map((seed) => normalValues(B * C, seed));
  const labels = normalValues(B * C, 9);
  const weights = [1, 0.5];
  let seen = 0;
  for (const gpu of await testGpus()) {
    const loss = new Matryoshka2dLoss({
      loss: new MSELoss(),
      matryoshka_dims: [12, 4],
      matryoshka_weights: weights,
      n_layers_per_step: -1,
      n_dims_per_step: -1,
    });
    const { y, gradients } = await runLoss(gpu, loss, {
      B,
      C,
      inputs: { embeddings: layers[2], layers: layers.slice(0, 2) },
      labels,
    });
    const expected = adaptiveLayerLoss(layers, {
      C,
      inner: (embeddings) =>
        matryoshkaLoss(embeddings, {
          C,
          dims: [12, 4],
          weights,
          inner: (x, count) => mseLoss(x, sliceColumns(labels, { C, first: 0, count })),
        }),
      lastWeight: 1,
      priorWeights: [0.5, 0.5],
      klWeight: 0.3,
      temperature: 0.3,
    });
    // Embeddings over the temperature differ by up to 30, of which exp makes a relative error.
    const close = {
      op: "Matryoshka2dLoss",
      absolute: 30 * 3 * (floatTolerance(C + B) + 2 ** -20),
      relative: 0,
    };
    assertClose(y, [expected.loss], close);
    assertClose(gradients.embeddings, expected.dLayers[2], close);
    assertClose(gradients["layer 0"], expected.dLayers[0], close);
    assertClose(gradients["layer 1"], expected.dLayers[1], close);
    seen++;
  }
  assertEquals(seen, 2);
});

Deno.test("Matryoshka2dLoss has upstream's options, and hands on what the other loss is", () => {
  const inner = new SoftmaxLoss({ num_labels: 2 });
  const loss = new Matryoshka2dLoss({ loss: inner, matryoshka_dims: [4, 8] });
  assertEquals([loss.name, loss.smoothsLabels], ["Matryoshka2dLoss", true]);
  assertEquals(loss.config, {
    loss: { name: "SoftmaxLoss", options: inner.config },
    matryoshka_dims: [8, 4],
    matryoshka_weights: [1, 1],
    n_dims_per_step: 1,
    n_layers_per_step: 1,
    last_layer_weight: 1,
    prior_layers_weight: 1,
    kl_div_weight: 1,
    kl_temperature: 0.3,
    layer_weighting: "uniform",
  });
  assertEquals([loss.components, loss.wants], [undefined, { layers: true }]);
  assert(/^@misc\{li20242d.*@misc\{kusupati2024.*@inproceedings\{reimers/s.test(loss.citation));
  assertThrows(() => loss.checkColumns(["a"], null), UsageError, "Cannot train with SoftmaxLoss");
  assertThrows(
    () => loss.declare({} as Parameters<typeof loss.declare>[0], { dimension: 4, seed: 1 }),
    UsageError,
    "cannot exceed the model's embedding dimension of 4; found 8",
  );
});

Deno.test("Matryoshka2dLoss refuses options without sense", () => {
  const create = (options: unknown) => new Matryoshka2dLoss(options as Matryoshka2dLossOptions);
  const loss = new MSELoss();
  assertThrows(
    () => create({ loss, matryoshka_dims: [4], dims: 1 }),
    UsageError,
    'Cannot set up Matryoshka2dLoss: it has no option "dims"',
  );
  assertThrows(() => create({ loss, matryoshka_dims: [] }), UsageError, "at least one dimension");
  assertThrows(
    () => create({ loss, matryoshka_dims: [4], kl_temperature: -1 }),
    UsageError,
    "kl_temperature is -1",
  );
});

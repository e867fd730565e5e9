import { assert, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import type { Tensor } from "../../src/gpu/tensor.ts";
import {
  AdaptiveLayerLoss,
  type AdaptiveLayerLossOptions,
} from "../../src/losses/adaptive_layer_loss.ts";
import { ContrastiveTensionLoss } from "../../src/losses/contrastive_tension_loss.ts";
import { GlobalOrthogonalRegularizationLoss } from "../../src/losses/global_orthogonal_regularization_loss.ts";
import type { Loss } from "../../src/losses/loss.ts";
import { MSELoss } from "../../src/losses/mse_loss.ts";
import { SoftmaxLoss } from "../../src/losses/softmax_loss.ts";
import { Tape } from "../../src/ops/tape.ts";
import { adaptiveLayerLoss } from "../reference/losses/adaptive_layer_loss.ts";
import { spreadLoss } from "../reference/losses/global_orthogonal_regularization_loss.ts";
import { mseLoss } from "../reference/losses/mse_loss.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { columnRanges, runLoss } from "../support/run_loss.ts";

const [B, C] = [5, 12];
const LAYERS = [1, 2, 3, 4].map((seed) => normalValues(B * C, seed));
const LABELS = normalValues(B * C, 9);
const PRIOR = LAYERS.slice(0, 3);

Deno.test("AdaptiveLayerLoss equals its reference for every weighting by depth", async () => {
  let seen = 0;
  const weightings = {
    uniform: [1, 1, 1],
    log: [2, 3, 4].map((i) => 1 / (1 + Math.log(i))),
    linear: [1 / 2, 1 / 3, 1 / 4],
  };
  for (const gpu of await testGpus()) {
    for (const layer_weighting of ["uniform", "log", "linear"] as const) {
      for (const kl_temperature of [0, 0.3]) {
        const loss = new AdaptiveLayerLoss({
          loss: new MSELoss(),
          n_layers_per_step: -1,
          last_layer_weight: 0.7,
          prior_layers_weight: 1.5,
          kl_div_weight: 2,
          kl_temperature,
          layer_weighting,
        });
        const { y, gradients } = await runLoss(gpu, loss, {
          B,
          C,
          inputs: { embeddings: LAYERS[3], layers: PRIOR },
          labels: LABELS,
        });
        const expected = adaptiveLayerLoss(LAYERS, {
          C,
          inner: (x) => mseLoss(x, LABELS),
          lastWeight: 0.7,
          priorWeights: weightings[layer_weighting].map((weight) => 1.5 * weight / 3),
          klWeight: kl_temperature * 2,
          temperature: kl_temperature || 1,
        });
        const name = { op: "AdaptiveLayerLoss", case: `${layer_weighting} ${kl_temperature}` };
        // Embeddings over the temperature differ by up to 30, of which exp makes a relative error.
        const absolute = 30 * 3 * (floatTolerance(C + B) + 2 ** -20);
        assertClose(y, [expected.loss], { ...name, absolute, relative: 0 });
        assertClose(gradients.embeddings, expected.dLayers[3], { ...name, absolute, relative: 0 });
        PRIOR.forEach((_, i) =>
          assertClose(gradients[`layer ${i}`], expected.dLayers[i], {
            ...name,
            absolute,
            relative: 0,
          })
        );
        seen++;
      }
    }
  }
  assertEquals(seen, 12);
});

Deno.test("AdaptiveLayerLoss gives the divergence as a component of its own", async () => {
  const gpu = await testGpu();
  const loss = new AdaptiveLayerLoss({
    loss: new GlobalOrthogonalRegularizationLoss(),
    n_layers_per_step: -1,
  });
  assertEquals(loss.components, ["gor_mean", "gor_second_moment", "kl_div"]);
  const value = async (component: string, layers: Float64Array[]) =>
    (await runLoss(gpu, loss, { B, C, inputs: { embeddings: LAYERS[3], layers }, component })).y;
  const options = { C, lastWeight: 1, temperature: 0.3 };
  const spread = adaptiveLayerLoss(LAYERS, {
    ...options,
    inner: (embeddings, C) => spreadLoss({ embeddings, B, C, cosine: true, sum: false }, "mean"),
    priorWeights: [1 / 3, 1 / 3, 1 / 3],
    klWeight: 0,
  });
  const absolute = 30 * 3 * (floatTolerance(C + B) + 2 ** -20);
  const close = { op: "component", absolute, relative: 0 };
  assertClose(await value("gor_mean", PRIOR), [spread.loss], close);
  const none = () => ({ loss: 0, dEmbeddings: new Float64Array(B * C) });
  const divergence = adaptiveLayerLoss(LAYERS, {
    ...options,
    inner: none,
    priorWeights: [0, 0, 0],
    klWeight: 0.3,
  });
  assertClose(await value("kl_div", PRIOR), [divergence.loss], close);
  const plain = new AdaptiveLayerLoss({
    loss: new GlobalOrthogonalRegularizationLoss(),
    kl_temperature: 0,
  });
  assertEquals(plain.components, ["gor_mean", "gor_second_moment"]);
});

Deno.test("AdaptiveLayerLoss of a model of one layer is the other loss", async () => {
  const gpu = await testGpu();
  const run = { B, C, inputs: { embeddings: LAYERS[3], layers: [] }, labels: LABELS };
  const { y } = await runLoss(gpu, new AdaptiveLayerLoss({ loss: new MSELoss() }), run);
  assertEquals(y, (await runLoss(gpu, new MSELoss(), run)).y);
  const spread = new GlobalOrthogonalRegularizationLoss();
  const adaptive = await runLoss(gpu, new AdaptiveLayerLoss({ loss: spread }), run);
  assertEquals(adaptive.y, (await runLoss(gpu, spread, run)).y);
});

Deno.test("AdaptiveLayerLoss draws layers while training, and weighs all of them otherwise", async () => {
  const gpu = await testGpu();
  const value = async (recording: boolean, step: number, n_layers_per_step: number) => {
    const loss = new AdaptiveLayerLoss({ loss: new MSELoss(), n_layers_per_step });
    const tape = new Tape(gpu, { recording, step });
    const layers = LAYERS.map((x) => tape.upload([B, C], Float32Array.from(x), "layer"));
    const batch = {
      embeddings: layers[3],
      columns: columnRanges(1, B),
      labels: tape.upload([B * C], Float32Array.from(LABELS), "labels"),
      layers,
    };
    const [result] = await gpu.read(loss.forward(tape, batch) as Tensor);
    tape.end();
    return result;
  };
  const drawn = new Set<number>();
  for (let step = 0; step < 20; step++) drawn.add(await value(true, step, 1));
  assertEquals(drawn.size, 3);
  const mean = [...drawn].reduce((sum, one) => sum + one / 3, 0);
  const measured = await value(false, 0, 1);
  assertClose([measured], [mean], { op: "mean", absolute: 0, relative: floatTolerance(8) });
});

Deno.test("AdaptiveLayerLoss of a NaN in a layer is NaN", async () => {
  const layers = [LAYERS[0].with(7, NaN)];
  const { y } = await runLoss(await testGpu(), new AdaptiveLayerLoss({ loss: new MSELoss() }), {
    B,
    C,
    inputs: { embeddings: LAYERS[3], layers },
    labels: LABELS,
  });
  assertEquals([...y], [NaN]);
});

Deno.test("AdaptiveLayerLoss has upstream's options, and hands on what the other loss is", () => {
  const loss = new AdaptiveLayerLoss({ loss: new SoftmaxLoss({ num_labels: 2 }) });
  const { loss: inner, ...config } = loss.config;
  assertEquals([loss.name, loss.smoothsLabels], ["AdaptiveLayerLoss", true]);
  assertEquals(inner.name, "SoftmaxLoss");
  assertEquals(config, {
    n_layers_per_step: 1,
    last_layer_weight: 1,
    prior_layers_weight: 1,
    kl_div_weight: 1,
    kl_temperature: 0.3,
    layer_weighting: "uniform",
  });
  assertEquals([loss.components, loss.wants], [undefined, { layers: true }]);
  const tension = new AdaptiveLayerLoss({ loss: new ContrastiveTensionLoss() });
  assertEquals(tension.wants, { twin: true, layers: true });
  assert(/^@misc\{li20242d.*\n\n@inproceedings\{reimers/s.test(loss.citation));
  assertThrows(() => loss.checkColumns(["a"], null), UsageError, "Cannot train with SoftmaxLoss");
});

Deno.test("AdaptiveLayerLoss refuses options without sense, and losses that embed in parts", () => {
  const create = (options: unknown) => new AdaptiveLayerLoss(options as AdaptiveLayerLossOptions);
  const loss: Loss = new MSELoss();
  assertThrows(() => create({ loss, kl_temperature: -1 }), UsageError, "kl_temperature is -1");
  assertThrows(() => create({ loss, layer_weighting: "x" }), UsageError, 'layer_weighting is "x"');
  assertThrows(() => create({ loss, n_layers_per_step: 0.5 }), UsageError, "n_layers_per_step is");
  assertThrows(() => create({}), UsageError, "wanted a loss");
  const cached = Object.assign(new MSELoss(), {
    name: "CachedLoss",
    wants: { cache: { miniBatchSize: 8, miniBatchTokens: null } },
  });
  assertThrows(
    () => create({ loss: cached }),
    UsageError,
    "AdaptiveLayerLoss is not compatible with CachedLoss",
  );
});

Deno.test("AdaptiveLayerLoss refuses to run without layers", async () => {
  const tape = new Tape(await testGpu());
  const batch = { embeddings: tape.empty([2, 4], "x"), columns: columnRanges(1, 2), labels: null };
  assertThrows(
    () => new AdaptiveLayerLoss({ loss: new MSELoss() }).forward(tape, batch),
    TypeError,
    "Cannot run AdaptiveLayerLoss: wanted the embeddings after each layer",
  );
  tape.end();
});

import { assertClose } from "../../support/assert_close.ts";
import { gradientCheck } from "../../support/gradient_check.ts";
import { normalValues } from "../random_values.ts";
import { adaptiveLayerLoss } from "./adaptive_layer_loss.ts";
import { mseLoss } from "./mse_loss.ts";

const TARGETS = normalValues(12, 9);
const OPTIONS = {
  C: 4,
  inner: (x: Float64Array) => mseLoss(x, TARGETS),
  lastWeight: 0.7,
  priorWeights: [1, 0.5],
  klWeight: 0.3,
  temperature: 0.6,
};
const LAYERS = [1, 2, 3].map((seed) => normalValues(12, seed));

Deno.test("adaptiveLayerLoss without divergence is a weighted sum of losses", () => {
  const { loss } = adaptiveLayerLoss(LAYERS, { ...OPTIONS, klWeight: 0 });
  const [a, b, c] = LAYERS.map((x) => OPTIONS.inner(x).loss);
  assertClose([loss], [a + 0.5 * b + 0.7 * c], { op: "loss", absolute: 0, relative: 1e-15 });
});

Deno.test("adaptiveLayerLoss's gradients of earlier layers agree with central differences", () => {
  const { dLayers } = adaptiveLayerLoss(LAYERS, OPTIONS);
  for (const i of [0, 1]) {
    gradientCheck(
      (moved) => adaptiveLayerLoss(LAYERS.map((x, j) => i === j ? moved : x), OPTIONS).loss,
      LAYERS[i],
      dLayers[i],
    );
  }
});

Deno.test("adaptiveLayerLoss's last layer learns nothing of the divergence", () => {
  const options = { ...OPTIONS, klWeight: 0 };
  const { dLayers } = adaptiveLayerLoss(LAYERS, OPTIONS);
  gradientCheck(
    (moved) => adaptiveLayerLoss([...LAYERS.slice(0, 2), moved], options).loss,
    LAYERS[2],
    dLayers[2],
  );
});

import { assertEquals } from "@std/assert";
import { mergedWeights } from "../../src/models/merged_weights.ts";

Deno.test("mergedWeights() adds scaled products in float64, and rounds once", () => {
  const array = (shape: number[], ...values: number[]) => ({
    shape,
    data: Float32Array.from(values),
  });
  const weights = new Map([
    ["a.q.weight", array([2, 2], 1e8, 2, 3, 4)],
    ["a.q.bias", array([2], 7, 8)],
    ["a.k.weight", array([2, 2], 1, 1, 1, 1)],
  ]);
  const config = {
    r: 2,
    lora_alpha: 1,
    lora_dropout: 0,
    target_modules: ["q"],
    use_rslora: false,
    base_model_name_or_path: "dir",
  };
  const adapter = new Map([
    ["base_model.model.a.q.lora_A.weight", array([2, 2], 3, 1, 1, 2)],
    ["base_model.model.a.q.lora_B.weight", array([2, 2], 2, 2, 0, 1)],
  ]);
  const merged = mergedWeights(weights, { config, weights: adapter });
  assertEquals([...merged.keys()], [...weights.keys()]);
  // B A = [[8, 6], [1, 2]], halved by 1 / r.
  assertEquals([...merged.get("a.q.weight")!.data], [Math.fround(1e8 + 4), 5, 3.5, 5]);
  assertEquals(merged.get("a.q.bias"), weights.get("a.q.bias"));
  assertEquals(merged.get("a.k.weight"), weights.get("a.k.weight"));
});

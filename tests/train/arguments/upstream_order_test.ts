import { assertEquals } from "@std/assert";
import { argumentNames } from "../../../src/train/arguments/fields.ts";
import { upstreamOrder } from "../../../src/train/arguments/upstream_order.ts";

Deno.test("upstreamOrder has each argument once, the later ones at the end", () => {
  assertEquals(upstreamOrder.length, 120 + 2);
  assertEquals(upstreamOrder.toSorted(), argumentNames.toSorted());
  assertEquals(upstreamOrder.slice(0, 6), [
    "output_dir",
    "overwrite_output_dir",
    "do_train",
    "do_eval",
    "do_predict",
    "evaluation_strategy",
  ]);
  assertEquals(upstreamOrder.slice(-4), [
    "batch_sampler",
    "multi_dataset_batch_sampler",
    "prompts",
    "learning_rate_mapping",
  ]);
});

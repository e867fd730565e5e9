import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  refusesDeepspeed,
  refusesFsdp,
  shardsOptimizer,
} from "../../../src/train/arguments/sharding.ts";

const ZERO2 = {
  zero_optimization: { stage: 2, overlap_comm: true, reduce_bucket_size: 5e8 },
  gradient_accumulation_steps: "auto",
  optimizer: { type: "auto", params: { lr: "auto" } },
  fp16: { enabled: "auto" },
};

Deno.test("refusesFsdp() refuses by name what divides parameters or moves them", () => {
  for (const value of [null, "", "shard_grad_op", ["no_shard"], "shard_grad_op auto_wrap"]) {
    assertEquals(refusesFsdp(value), null);
  }
  for (const name of ["full_shard", "hybrid_shard", "offload"]) {
    assertStringIncludes(refusesFsdp(`${name} auto_wrap`)!, `"${name}" divides parameters`);
  }
});

Deno.test("refusesDeepspeed() takes ZeRO up to stage 2 and refuses the rest by name", () => {
  for (const value of [null, {}, { zero_optimization: { stage: 1 } }, ZERO2]) {
    assertEquals(refusesDeepspeed(value), null);
  }
  const cases: [string | Record<string, unknown>, string][] = [
    ["zero2.json", 'found the file "zero2.json"'],
    [{ zero_optimization: { stage: 3 } }, "zero_optimization.stage is 3"],
    [
      { zero_optimization: { stage: 2, offload_optimizer: { device: "cpu" } } },
      "zero_optimization.offload_optimizer is not built",
    ],
    [{ pipeline: { stages: 2 } }, '"pipeline" means nothing here'],
    [{ gradient_clipping: 1 }, '"gradient_clipping" is not "auto"'],
  ];
  for (const [value, message] of cases) assertStringIncludes(refusesDeepspeed(value)!, message);
});

Deno.test("shardsOptimizer() follows either argument", () => {
  const shards = (fsdp: string | string[] | null, stage?: number) =>
    shardsOptimizer({
      fsdp,
      deepspeed: stage === undefined ? null : { zero_optimization: { stage } },
    });
  assertEquals([shards(""), shards(null), shards("no_shard"), shards("", 0)], Array(4).fill(false));
  assertEquals([shards("shard_grad_op"), shards(["shard_grad_op"]), shards("", 1), shards("", 2)], [
    true,
    true,
    true,
    true,
  ]);
});

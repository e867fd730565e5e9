import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { loraConfig, loraScale } from "../../src/models/lora_config.ts";
import { loraTargets } from "../../src/models/lora_targets.ts";
import { Linear } from "../../src/nn/linear.ts";
import { goldenConfig } from "../golden/golden.ts";
import { testGpu } from "../support/gpu.ts";
import { tinyEncoder } from "../support/tiny_encoder.ts";

Deno.test("loraConfig() has PEFT's defaults, and the query and value layers of each architecture", () => {
  const targets = {
    bert: ["query", "value"],
    roberta: ["query", "value"],
    distilbert: ["q_lin", "v_lin"],
    mpnet: ["attn.q", "attn.v"],
    modernbert: ["Wqkv"],
  };
  for (const [type, target_modules] of Object.entries(targets)) {
    assertEquals(loraConfig({}, { type, base: "dir" }), {
      r: 8,
      lora_alpha: 8,
      lora_dropout: 0,
      target_modules,
      use_rslora: false,
      base_model_name_or_path: "dir",
    });
  }
});

Deno.test("loraConfig() has targets that every architecture has, one or two a layer", async () => {
  const gpu = await testGpu();
  const counts: Record<string, number> = {};
  for (const kind of ["bert", "distilbert", "modernbert", "mpnet", "roberta"]) {
    const { store } = await tinyEncoder(gpu, kind);
    const { model_type: type, ...config } = await goldenConfig(kind);
    const names = Linear.of(store).flatMap((linear) => linear.names);
    const { target_modules } = loraConfig({}, { type, base: "dir" });
    const layers = Number(config.num_hidden_layers ?? config.n_layers);
    counts[kind] = loraTargets(target_modules, names).size / layers;
  }
  assertEquals(counts, { bert: 2, distilbert: 2, modernbert: 1, mpnet: 2, roberta: 2 });
});

Deno.test("loraConfig() refuses what has no sense", () => {
  const refused: [object, string][] = [
    [{ rank: 8 }, 'it has no option "rank"; its options are r, lora_alpha'],
    [{ lora_alfa: 8 }, 'the nearest is "lora_alpha"'],
    [{ r: 0 }, "r is 0: "],
    [{ r: 1.5 }, "r is 1.5: "],
    [{ lora_alpha: -1 }, "lora_alpha is -1: "],
    [{ lora_dropout: 1 }, "lora_dropout is 1: "],
    [{ target_modules: [] }, "target_modules is []: "],
    [{ use_rslora: "yes" }, 'use_rslora is "yes": '],
  ];
  for (const [options, message] of refused) {
    const run = () => loraConfig(options, { type: "bert", base: "dir" });
    assertThrows(run, UsageError, message);
  }
});

Deno.test("loraScale() divides by the rank, or by its root", () => {
  assertEquals(loraScale({ r: 4, lora_alpha: 6, use_rslora: false }), 1.5);
  assertEquals(loraScale({ r: 4, lora_alpha: 6, use_rslora: true }), 3);
});

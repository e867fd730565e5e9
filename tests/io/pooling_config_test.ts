import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../src/errors.ts";
import {
  encodePoolingConfig,
  parsePoolingConfig,
  POOLING_MODES,
  type PoolingMode,
} from "../../src/io/pooling_config.ts";

Deno.test("parsePoolingConfig() reads flags in the order in which they concatenate", () => {
  const value = {
    word_embedding_dimension: 384,
    pooling_mode_mean_tokens: true,
    pooling_mode_max_tokens: false,
    pooling_mode_cls_token: true,
  };
  assertEquals(parsePoolingConfig(value, "c"), { modes: ["cls", "mean"], includePrompt: true });
});

Deno.test("parsePoolingConfig() takes the mean when no flag is set", () => {
  const none = { pooling_mode_cls_token: false, include_prompt: false };
  assertEquals(parsePoolingConfig(none, "c"), { modes: ["mean"], includePrompt: false });
});

Deno.test("parsePoolingConfig() reads a mode and a list of modes", () => {
  assertEquals(parsePoolingConfig({ pooling_mode: "lasttoken" }, "c").modes, ["lasttoken"]);
  const list = { pooling_mode: ["mean", "cls"], pooling_mode_max_tokens: true };
  assertEquals(parsePoolingConfig(list, "c").modes, ["mean", "cls"]);
});

Deno.test("parsePoolingConfig() refuses an unknown mode and a wrong type", () => {
  assertThrows(
    () => parsePoolingConfig({ pooling_mode: "men" }, "1_Pooling/config.json"),
    InputError,
    'Cannot read 1_Pooling/config.json: pooling mode "men" is unknown; known are cls, max, mean, ' +
      'mean_sqrt_len_tokens, weightedmean, lasttoken; the nearest is "mean"',
  );
  for (const value of [{ pooling_mode: 3 }, { pooling_mode: [] }, { include_prompt: "no" }]) {
    assertThrows(() => parsePoolingConfig(value, "c"), InputError, "Cannot read c: at ");
  }
});

Deno.test("encodePoolingConfig() writes the keys of sentence-transformers 3", () => {
  assertEquals(
    JSON.stringify(encodePoolingConfig({ modes: ["mean"], includePrompt: true }, 384)),
    '{"word_embedding_dimension":384,"pooling_mode_cls_token":false,' +
      '"pooling_mode_mean_tokens":true,"pooling_mode_max_tokens":false,' +
      '"pooling_mode_mean_sqrt_len_tokens":false,"pooling_mode_weightedmean_tokens":false,' +
      '"pooling_mode_lasttoken":false,"include_prompt":true}',
  );
});

Deno.test("parsePoolingConfig() reads every pair of modes as encodePoolingConfig() wrote it", () => {
  assertEquals(POOLING_MODES.length, 6);
  for (const first of POOLING_MODES) {
    for (const second of POOLING_MODES) {
      const modes: PoolingMode[] = first === second ? [first] : [first, second];
      const pooling = { modes, includePrompt: false };
      assertEquals(parsePoolingConfig(encodePoolingConfig(pooling, 8), "c"), pooling);
    }
  }
});

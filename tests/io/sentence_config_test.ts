import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../src/errors.ts";
import {
  encodeSentenceConfig,
  encodeTransformerConfig,
  parseSentenceConfig,
  parseTransformerConfig,
} from "../../src/io/sentence_config.ts";

Deno.test("parseSentenceConfig() fills in what the file leaves out", () => {
  const expected = {
    prompts: {},
    defaultPromptName: null,
    similarity: "cosine" as const,
    truncateDim: null,
  };
  assertEquals(parseSentenceConfig({}, "c"), expected);
  const nulls = {
    prompts: null,
    default_prompt_name: null,
    similarity_fn_name: null,
    truncate_dim: null,
  };
  assertEquals(parseSentenceConfig(nulls, "c"), expected);
});

Deno.test("parseSentenceConfig() reads what encodeSentenceConfig() writes", () => {
  for (const similarity of ["cosine", "dot", "euclidean", "manhattan"] as const) {
    const prompts = { query: "q: " };
    const config = { prompts, defaultPromptName: "query", similarity, truncateDim: null };
    const value = encodeSentenceConfig(config);
    assertEquals(Object.keys(value), [
      "__version__",
      "prompts",
      "default_prompt_name",
      "similarity_fn_name",
    ]);
    assertEquals(Object.keys(value.__version__ as object), [
      "sentence_transformers",
      "transformers",
      "pytorch",
    ]);
    assertEquals(parseSentenceConfig(value, "c"), config);
    const cut = { ...config, truncateDim: 64 };
    assertEquals(encodeSentenceConfig(cut).truncate_dim, 64);
    assertEquals(parseSentenceConfig(encodeSentenceConfig(cut), "c"), cut);
  }
});

Deno.test("parseSentenceConfig() reads a file of the newest releases", () => {
  const value = {
    __version__: { pytorch: "2.9.0", sentence_transformers: "6.0.0", transformers: "5.1.0" },
    default_prompt_name: null,
    model_type: "SentenceTransformer",
    prompts: { document: "", query: "query: " },
    similarity_fn_name: "cosine",
    truncate_dim: 128,
  };
  assertEquals(parseSentenceConfig(value, "c"), {
    prompts: { document: "", query: "query: " },
    defaultPromptName: null,
    similarity: "cosine",
    truncateDim: 128,
  });
  for (const truncate_dim of [0, -1, 1.5, "8"]) {
    assertThrows(
      () => parseSentenceConfig({ truncate_dim }, "c"),
      InputError,
      "at truncate_dim: ",
    );
  }
});

Deno.test("parseSentenceConfig() refuses unknown similarities and a lost default prompt", () => {
  assertThrows(
    () => parseSentenceConfig({ similarity_fn_name: "cos" }, "c.json"),
    InputError,
    "Cannot read c.json: at similarity_fn_name: invalid option: expected one of ",
  );
  assertThrows(
    () => parseSentenceConfig({ prompts: { query: "" }, default_prompt_name: "qeury" }, "c"),
    InputError,
    'the default prompt "qeury" is not among the prompts; found "query"',
  );
  assertThrows(
    () => parseSentenceConfig({ default_prompt_name: "toString" }, "c"),
    InputError,
    "found none",
  );
  assertThrows(() => parseSentenceConfig({ prompts: { query: 1 } }, "c"), InputError, "query");
});

Deno.test("parseTransformerConfig() reads old files, new files and its own", () => {
  const own = { maxSequenceLength: 128, doLowerCase: true };
  assertEquals(encodeTransformerConfig(own), { max_seq_length: 128, do_lower_case: true });
  assertEquals(parseTransformerConfig(encodeTransformerConfig(own), "c"), own);
  const newest = { transformer_task: "feature-extraction", module_output_name: "token_embeddings" };
  const unset = { maxSequenceLength: null, doLowerCase: false };
  assertEquals(parseTransformerConfig(newest, "c"), unset);
  assertEquals(parseTransformerConfig({ max_seq_length: null }, "c"), unset);
});

Deno.test("parseTransformerConfig() refuses another task and a wrong length", () => {
  assertThrows(
    () => parseTransformerConfig({ transformer_task: "fill-mask" }, "c.json"),
    InputError,
    'Cannot read c.json: found transformer_task "fill-mask", wanted "feature-extraction"',
  );
  for (const length of [0, -1, 1.5, "128"]) {
    assertThrows(
      () => parseTransformerConfig({ max_seq_length: length }, "c.json"),
      InputError,
      "Cannot read c.json: at max_seq_length: ",
    );
  }
});

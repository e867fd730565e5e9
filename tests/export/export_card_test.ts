import { assert, assertStringIncludes } from "@std/assert";
import { exportCard } from "../../src/export/export_card.ts";

Deno.test("exportCard() names the files, what comes out, and how to load the first", () => {
  const card = exportCard(["onnx/model_quantized.onnx", "onnx/model.onnx"], true);
  assert(card.startsWith("---\nlibrary_name: transformers.js\n"));
  assertStringIncludes(card, "Files: `onnx/model_quantized.onnx`, `onnx/model.onnx`.");
  assertStringIncludes(card, 'dtype: "q8"');
  assertStringIncludes(card, "const { sentence_embedding } = await model(inputs);");
  assertStringIncludes(exportCard(["onnx/model_fp16.onnx"], true), 'dtype: "fp16"');
});

Deno.test("exportCard() tells when the pooling is not part of the export", () => {
  const card = exportCard(["onnx/model.onnx"], false);
  assertStringIncludes(card, "const { last_hidden_state } = await model(inputs);");
  assertStringIncludes(card, 'dtype: "fp32"');
  assert(!card.includes("sentence_embedding"));
});

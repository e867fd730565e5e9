/**
 * The `README.md` of an exported model.
 *
 * @module
 */

/**
 * Writes the card.
 *
 * @param files The ONNX files.
 * @param pools Whether they make embeddings, and not token vectors alone.
 * @returns Its text.
 */
export function exportCard(files: readonly string[], pools: boolean): string {
  const outputs = pools
    ? "`last_hidden_state`, one vector a token, and `sentence_embedding`, one vector a text"
    : "`last_hidden_state`, one vector a token; the model's own pooling leaves out the tokens of a " +
      "prompt, which must be done outside";
  return `---
library_name: transformers.js
pipeline_tag: feature-extraction
tags:
  - sentence-transformers
  - onnx
---

# A sentence encoder in ONNX

Exported by sentrain. Files: ${files.map((file) => `\`${file}\``).join(", ")}.

Outputs: ${outputs}.

\`\`\`js
import { AutoModel, AutoTokenizer } from "@huggingface/transformers";

const tokenizer = await AutoTokenizer.from_pretrained(directory);
const model = await AutoModel.from_pretrained(directory, { dtype: "${dtypeOf(files[0])}" });
const inputs = tokenizer(["a text", "another"], { padding: true, truncation: true });
const { ${pools ? "sentence_embedding" : "last_hidden_state"} } = await model(inputs);
\`\`\`
`;
}

function dtypeOf(file: string): string {
  if (file.includes("_fp16")) return "fp16";
  return file.includes("_quantized") ? "q8" : "fp32";
}

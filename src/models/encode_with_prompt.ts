/**
 * Embeds texts behind the prompt that their options choose.
 *
 * @module
 */
import type { Embeddings } from "../evaluators/embedder.ts";
import { choosePrompt } from "./choose_prompt.ts";
import { encodeTexts, type OutputValue } from "./encode_texts.ts";
import type { EncodeOptions } from "./model_options.ts";
import type { ModuleChain } from "./module_chain.ts";
import type { SentenceTransformer } from "./sentence_transformer.ts";

const OUTPUTS: readonly OutputValue[] = ["sentence_embedding", "token_embeddings"];

/**
 * Embeds texts.
 *
 * @param model The model.
 * @param chain Its modules.
 * @param inputs The texts, and how to embed them.
 * @returns One row a text; or for each text one row a token.
 * @throws {UsageError} If the model has no such prompt, or no token vectors.
 * @throws {TypeError} If the texts are no list of texts, or the output is none of those.
 * @throws {RangeError} If a size is not a positive integer.
 */
export async function encodeWithPrompt(
  model: SentenceTransformer,
  chain: ModuleChain,
  { texts, options }: {
    texts: readonly string[];
    options: EncodeOptions & { outputValue?: OutputValue };
  },
): Promise<Embeddings | Embeddings[]> {
  if (!Array.isArray(texts) || !texts.every((text) => typeof text === "string")) {
    throw new TypeError("Cannot encode: wanted a list of texts; put a single one into a list");
  }
  const { outputValue = OUTPUTS[0] } = options;
  if (!OUTPUTS.includes(outputValue)) {
    throw new TypeError(
      `Cannot encode: outputValue is "${outputValue}", wanted one of ${OUTPUTS.join(", ")}`,
    );
  }
  const prompt = choosePrompt(options, model.settings);
  const inputs = {
    gpu: model.gpu,
    chain,
    sequences: texts.map((text) => model.tokenize(prompt + text)),
    promptLength: model.promptLength(prompt),
  };
  const truncateDim = options.truncateDim ?? model.settings.truncateDim ?? undefined;
  return await encodeTexts(inputs, { ...options, truncateDim });
}

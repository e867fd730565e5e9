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

/**
 * Embeds texts.
 *
 * @param model The model.
 * @param chain Its modules.
 * @param inputs The texts, and how to embed them.
 * @returns One row a text; or for each text one row a token.
 * @throws {UsageError} If the model has no such prompt, or no token vectors.
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

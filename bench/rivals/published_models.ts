/**
 * Sizes of published encoders, for steps on GPUs; their weights are random.
 *
 * @module
 */
import type { StepConfig } from "./task.ts";

/** By the names that the command line takes; `tiny` is none of them, and shows that everything runs. */
export const PUBLISHED: Readonly<Record<string, StepConfig>> = {
  "MiniLM-L6": bert({ layers: 6, columns: 384, heads: 12 }),
  "MiniLM-L12": bert({ layers: 12, columns: 384, heads: 12 }),
  "BERT-base": bert({ layers: 12, columns: 768, heads: 12 }),
  "tiny": bert({ layers: 1, columns: 32, heads: 2 }),
};

function bert(
  { layers, columns, heads }: { layers: number; columns: number; heads: number },
): StepConfig {
  return {
    vocab_size: 30522,
    hidden_size: columns,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    intermediate_size: 4 * columns,
    max_position_embeddings: 512,
    layer_norm_eps: 1e-12,
  };
}

/**
 * What a training step computes at the least: products of linear layers and attention, forward and, twice
 * that, backward; padding, embeddings and the loss are not in it.
 *
 * @param config Sizes of the model.
 * @param lengths Tokens of each sequence.
 * @returns Floating-point operations.
 */
export function stepFlops(config: StepConfig, lengths: readonly number[]): number {
  const { hidden_size: columns, intermediate_size: between, num_hidden_layers: layers } = config;
  const linear = 2 * (4 * columns ** 2 + 2 * columns * between);
  const forward = lengths.reduce(
    (sum, length) => sum + length * (linear + 4 * length * columns),
    0,
  );
  return 3 * layers * forward;
}

/**
 * ModernBERT: rotary positions, global and local attention by turns, gated feed-forward parts, each branch
 * normalised before it.
 *
 * Source: Warner et al., "Smarter, Better, Faster, Longer: A Modern Bidirectional Encoder", 2024; names of
 * parameters and configuration as in Hugging Face's transformers.
 *
 * @module
 */
import { z } from "zod";
import type { ParameterStore } from "../gpu/parameter_slab.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { checkJson, type JsonObject } from "../io/json.ts";
import { Embeddings } from "../nn/embeddings.ts";
import { truncatedNormal } from "../nn/initialize.ts";
import { LayerNorm } from "../nn/layer_norm.ts";
import type { PackedInput } from "../nn/packed_input.ts";
import { PreNormLayer } from "../nn/pre_norm_layer.ts";
import { RotaryTurns } from "../nn/rotary_turns.ts";
import type { Tape } from "../ops/tape.ts";
import {
  activation,
  type ActivationName,
  activationOf,
  count,
  layerCount,
  probability,
  withSizes,
} from "./config_fields.ts";
import type { Encoder } from "./encoder.ts";

/** What a layer's tokens see: all of their sequence, or their neighbours. */
type LayerType = "full_attention" | "sliding_attention";

/** The rotary positions of one kind of layer, as newer versions of transformers write them. */
interface RopeParameters {
  /** Which scaling of wavelengths. */
  rope_type: "default";
  /** What the wavelengths are powers of. */
  rope_theta: number;
}

/** The keys of `config.json` that decide what a ModernBERT computes. */
export interface ModernBertConfig {
  /** Entries of the word table, V. */
  vocab_size: number;
  /** Columns of a token vector, C. */
  hidden_size: number;
  /** Layers. */
  num_hidden_layers: number;
  /** Heads, H. */
  num_attention_heads: number;
  /** Columns between the two feed-forward layers, behind the gate, F. */
  intermediate_size: number;
  /** The longest sequence, in tokens. */
  max_position_embeddings: number;
  /** Activation of what the gate multiplies. */
  hidden_activation: ActivationName;
  /** Added to variances. */
  norm_eps: number;
  /** Whether norms shift columns. */
  norm_bias: boolean;
  /** Whether the attention's linear layers have a bias. */
  attention_bias: boolean;
  /** Whether the feed-forward layers have a bias. */
  mlp_bias: boolean;
  /** Every such layer sees all tokens, from the first on. */
  global_attn_every_n_layers: number;
  /** Twice the largest distance of two tokens that see each other in the other layers. */
  local_attention: number;
  /** What wavelengths of positions are powers of where all tokens are seen. */
  global_rope_theta: number;
  /** The same in the other layers; null for the same base. */
  local_rope_theta: number | null;
  /** What the tokens of each layer see; wins over `global_attn_every_n_layers`. */
  layer_types?: LayerType[] | null;
  /** Rotary positions by what is seen; wins over the two bases above. */
  rope_parameters?: { [type in LayerType]?: RopeParameters } | null;
  /** Standard deviation of initial weights. */
  initializer_range: number;
  /** The largest initial weight, in deviations. */
  initializer_cutoff_factor: number;
  /** Probability of dropping an element of the embeddings. */
  embedding_dropout: number;
  /** Probability of dropping an attention weight, and an element of the attention's branch. */
  attention_dropout: number;
  /** Probability of dropping an element between the feed-forward layers. */
  mlp_dropout: number;
}

const rope = z.object({
  rope_type: z.literal("default").default("default"),
  rope_theta: z.number().positive(),
});

/** The defaults are those of `transformers.ModernBertConfig`. */
const SCHEMA: z.ZodType<ModernBertConfig> = withSizes(
  z.object({
    vocab_size: count.default(50368),
    hidden_size: count.default(768),
    num_hidden_layers: layerCount.default(22),
    num_attention_heads: count.default(12),
    intermediate_size: count.default(1152),
    max_position_embeddings: count.default(8192),
    hidden_activation: activation.default("gelu"),
    norm_eps: z.number().positive().default(1e-5),
    norm_bias: z.boolean().default(false),
    attention_bias: z.boolean().default(false),
    mlp_bias: z.boolean().default(false),
    global_attn_every_n_layers: count.default(3),
    local_attention: count.default(128),
    global_rope_theta: z.number().positive().default(160000),
    local_rope_theta: z.number().positive().nullable().default(10000),
    layer_types: z.array(z.enum(["full_attention", "sliding_attention"])).nullish(),
    rope_parameters: z.object({
      full_attention: rope.optional(),
      sliding_attention: rope.optional(),
    }).nullish(),
    initializer_range: z.number().positive().default(0.02),
    initializer_cutoff_factor: z.number().positive().default(2),
    embedding_dropout: probability.default(0),
    attention_dropout: probability.default(0),
    mlp_dropout: probability.default(0),
  }),
  { width: "hidden_size", heads: "num_attention_heads", inner: "intermediate_size", multiple: 8 },
).refine(
  ({ layer_types, num_hidden_layers }) =>
    layer_types === undefined || layer_types === null || layer_types.length === num_hidden_layers,
  { path: ["layer_types"], message: "wanted one entry for each of num_hidden_layers" },
);

/** The encoder of ModernBERT. */
export class ModernBert implements Encoder {
  /** What precedes the names in checkpoints with a task's head. */
  readonly prefix = "model.";
  /** Columns of a token vector, C. */
  readonly width: number;
  /** The longest sequence, in tokens. */
  readonly maxPositions: number;
  /** Entries of the word table, V. */
  readonly vocabularySize: number;
  readonly #embeddings: Embeddings;
  readonly #layers: readonly { type: LayerType; layer: PreNormLayer }[];
  readonly #norm: LayerNorm;
  readonly #turns: Readonly<Record<LayerType, RotaryTurns>>;

  /**
   * Declares the parameters.
   *
   * @param store Where they live.
   * @param config The content of `config.json`.
   * @param seed Seed of initial values.
   * @param source Name of the configuration's file, for messages.
   * @throws {InputError} If the configuration has no sense, or asks for what is not supported.
   */
  constructor(store: ParameterStore, config: JsonObject, seed: number, source = "config.json") {
    const parsed = checkJson(SCHEMA, config, source);
    const { hidden_size, norm_eps, norm_bias, initializer_range, rope_parameters } = parsed;
    const initialize = truncatedNormal(initializer_range, seed, parsed.initializer_cutoff_factor);
    this.width = hidden_size;
    this.maxPositions = parsed.max_position_embeddings;
    this.vocabularySize = parsed.vocab_size;
    this.#embeddings = new Embeddings(store, {
      prefix: "embeddings.",
      names: { word: "tok_embeddings", norm: "norm" },
      width: hidden_size,
      words: parsed.vocab_size,
      positions: 0,
      types: 0,
      epsilon: norm_eps,
      normBias: norm_bias,
      dropout: parsed.embedding_dropout,
      initialize,
      initializeWords: initialize,
    });
    this.#layers = Array.from({ length: parsed.num_hidden_layers }, (_, i) => {
      const type = layerType(parsed, i);
      return { type, layer: layerOf(store, parsed, { index: i, type, seed }) };
    });
    this.#norm = new LayerNorm(store, "final_norm", hidden_size, norm_eps, norm_bias);
    const { global_rope_theta, local_rope_theta } = parsed;
    const turns = (type: LayerType, theta: number) =>
      new RotaryTurns(
        rope_parameters?.[type]?.rope_theta ?? theta,
        hidden_size / parsed.num_attention_heads,
      );
    this.#turns = {
      full_attention: turns("full_attention", global_rope_theta),
      sliding_attention: turns("sliding_attention", local_rope_theta ?? global_rope_theta),
    };
  }

  /** Runs the encoder: T tokens to token vectors [T, C]. */
  forward(tape: Tape, input: PackedInput): Tensor {
    return this.forwardLayers(tape, input).at(-1)!;
  }

  /** Runs the encoder: T tokens to the token vectors [T, C] after each layer, the last normalised. */
  forwardLayers(tape: Tape, input: PackedInput): Tensor[] {
    const turns = {
      full_attention: this.#turns.full_attention.upload(tape, input.longest),
      sliding_attention: this.#turns.sliding_attention.upload(tape, input.longest),
    };
    let hidden = this.#embeddings.forward(tape, input);
    const outputs = this.#layers.map(({ type, layer }, i) => {
      const x = hidden;
      const places = { packed: input, turns: turns[type] };
      hidden = tape.recomputes(i)
        ? tape.checkpoint(x, (inner) => layer.forward(inner, x, places))
        : layer.forward(tape, x, places);
      return hidden;
    });
    return [...outputs.slice(0, -1), this.#norm.forward(tape, hidden)];
  }
}

function layerType(config: ModernBertConfig, index: number): LayerType {
  const { layer_types, global_attn_every_n_layers } = config;
  return layer_types?.[index] ??
    (index % global_attn_every_n_layers === 0 ? "full_attention" : "sliding_attention");
}

function layerOf(
  store: ParameterStore,
  config: ModernBertConfig,
  { index, type, seed }: { index: number; type: LayerType; seed: number },
): PreNormLayer {
  const { initializer_range: deviation, initializer_cutoff_factor: cutoff } = config;
  return new PreNormLayer(store, `layers.${index}.`, {
    width: config.hidden_size,
    heads: config.num_attention_heads,
    intermediateWidth: config.intermediate_size,
    epsilon: config.norm_eps,
    activation: activationOf(config.hidden_activation),
    attentionNorm: index > 0,
    window: type === "full_attention" ? undefined : Math.floor(config.local_attention / 2),
    normBias: config.norm_bias,
    attentionBias: config.attention_bias,
    mlpBias: config.mlp_bias,
    attentionDropout: config.attention_dropout,
    mlpDropout: config.mlp_dropout,
    initializeIn: truncatedNormal(deviation, seed, cutoff),
    initializeOut: truncatedNormal(
      deviation / Math.sqrt(2 * config.num_hidden_layers),
      seed,
      cutoff,
    ),
  });
}

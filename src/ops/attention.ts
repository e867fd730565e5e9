/**
 * Multi-head self-attention over packed sequences.
 *
 * @module
 */
import source from "../../shaders/attention.wgsl" with { type: "text" };
import backwardSource from "../../shaders/attention_backward.wgsl" with { type: "text" };
import subgroupBackwardSource from "../../shaders/attention_subgroup_backward.wgsl" with {
  type: "text",
};
import subgroupSource from "../../shaders/attention_subgroup.wgsl" with { type: "text" };
import { attentionTiles } from "../data/attention_tiles.ts";
import type { Gpu } from "../gpu/device.ts";
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import { checkShape, type Tensor } from "../gpu/tensor.ts";
import { type AttentionBias, spreadBias } from "./attention_bias.ts";
import { addColumnSums } from "./column_sums.ts";
import { dropoutParams } from "./dropout.ts";
import type { Tape } from "./tape.ts";

/** `"workgroup"` shares tiles in workgroup memory; `"subgroup"` broadcasts within 8 lanes. */
export type AttentionVariant = "workgroup" | "subgroup";

/** Where the sequences of a batch lie, cut into tiles. */
export interface AttentionLayout {
  /** Which kernels the tiles are for. */
  readonly variant: AttentionVariant;
  /** [S + 1]: the first row of every sequence, then T. */
  readonly sequenceStarts: Tensor;
  /** [tiles, 2]: first row and sequence of every tile. */
  readonly tiles: Tensor;
  /** Rows in all, T. */
  readonly rows: number;
}

/** Arguments of {@linkcode attention}. */
export interface AttentionInputs {
  /** [T, 3C]: queries, keys and values; of each, head h owns the columns from h C / H. */
  qkv: Tensor;
  /** Where the sequences lie. */
  layout: AttentionLayout;
  /** Heads, H; C / H is a multiple of 4, at most 128. */
  heads: number;
  /** Factor of the scores. Default: 1 / sqrt(C / H). */
  scale?: number;
  /** Probability of dropping an attention weight, in [0, 1). Default: 0. */
  dropout?: number;
  /** The largest distance of two tokens that see each other. Default: they all do. */
  window?: number;
  /** Whether a token sees only itself and those before it. Default: false. */
  causal?: boolean;
  /** What is added to the scores by head and distance. Default: nothing. */
  bias?: AttentionBias;
}

interface Kernels {
  readonly forward: Kernel;
  readonly outputProducts: Kernel;
  readonly backwardQueries: Kernel;
  readonly backwardKeys: Kernel;
  readonly backwardBias: Kernel;
}

/** What decides which kernels run. */
interface Choice {
  readonly variant: AttentionVariant;
  /** Vec4s of a head's columns that a workgroup owns. */
  readonly quads: number;
  readonly dropout: boolean;
  readonly window: boolean;
  readonly causal: boolean;
  readonly bias: boolean;
}

/** Rows of a tile are the rows that a workgroup owns. */
const TILE_ROWS: Readonly<Record<AttentionVariant, number>> = { workgroup: 32, subgroup: 8 };
/** The most vec4s that a lane of the variant `"subgroup"` sums up in registers. */
const PART_QUADS = 16;
const MAX_QUADS = 32;

const SOURCES = {
  workgroup: {
    forward: { name: "attention", source },
    backward: { name: "attention_backward", source: backwardSource },
  },
  subgroup: {
    forward: { name: "attention_subgroup", source: subgroupSource },
    backward: { name: "attention_subgroup_backward", source: subgroupBackwardSource },
  },
};
const KERNELS = new Map<string, Kernels>();

/**
 * Cuts the sequences of a batch into tiles and uploads where they lie.
 *
 * @param tape Owns the tensors.
 * @param starts [S + 1]: the first row of every sequence, then T.
 * @param variant Which kernels to run. Default: those for the kind of adapter.
 * @returns The layout, for every layer that sees the batch.
 */
export function uploadAttentionLayout(
  tape: Tape,
  starts: Uint32Array<ArrayBuffer>,
  variant: AttentionVariant = defaultVariant(tape.gpu),
): AttentionLayout {
  const tiles = attentionTiles(starts, TILE_ROWS[variant]);
  return {
    variant,
    sequenceStarts: tape.upload([starts.length], starts, "sequence starts"),
    tiles: tape.upload([tiles.length / 2, 2], tiles, "attention tiles"),
    rows: starts[starts.length - 1],
  };
}

/**
 * context_i = sum over j of dropout(p)_ij v_j with p_i = softmax over j of scale q_i . k_j + bias(j - i),
 * where j runs over the sequence of row i, or over its tokens with |i - j| <= window, or with j <= i where
 * it is causal, for every head.
 *
 * Saves `qkv`, the context and one log-sum-exp a row and head; nothing of size L^2 is ever held, and
 * tiles that are all out of sight are not visited. The gradient of the table of biases is summed in the order of
 * tiles, of which each keeps one number a bucket and head until then. The
 * maximum of a row is subtracted before every exponential, sums are f32. Which weights are dropped is a
 * function of the tape's seed and step, the order of the random ops, row, head and column; outside
 * training none are. Source: Vaswani et al., "Attention Is All You Need", 2017; Dao et al.,
 * "FlashAttention", 2022.
 *
 * @param tape Runs and records the op.
 * @param inputs The operands.
 * @returns The context, [T, C].
 * @throws {TypeError} If shapes disagree, or a head's width is not supported.
 * @throws {RangeError} If the probability is outside [0, 1), or the window is no whole number.
 */
export function attention(tape: Tape, inputs: AttentionInputs): Tensor {
  const { gpu } = tape;
  const { qkv, layout, heads, bias } = inputs;
  const { variant, tiles, sequenceStarts: starts, rows } = layout;
  const quads = quadsOfHead(inputs);
  const columns = 4 * quads * heads;
  checkShape("attention", "qkv", qkv, [rows, 3 * columns]);
  const parts = variant === "subgroup" ? Math.ceil(quads / PART_QUADS) : 1;
  const params = {
    ...dropoutParams(tape, "attention", inputs.dropout ?? 0),
    rows,
    tiles: tiles.rows,
    heads,
    quads,
    parts,
    scale: inputs.scale ?? 1 / Math.sqrt(4 * quads),
    accumulate: 0,
    window: windowOf(inputs),
    reach: bias === undefined ? 0 : (bias.buckets.size - 1) / 2,
    buckets: bias?.table.rows ?? 0,
  };
  const kernels = kernelsOf({
    variant,
    quads: Math.ceil(quads / parts),
    dropout: params.threshold > 0,
    window: inputs.window !== undefined,
    causal: inputs.causal ?? false,
    bias: bias !== undefined,
  });
  // What a text names is bound, also where the kernel does not read it.
  const spread = bias === undefined ? gpu.nothing : spreadBias(tape, bias, heads);
  const workgroups = foldWorkgroups(tiles.rows * heads * parts);
  const context = tape.empty([rows, columns], "context");
  const lse = tape.empty([rows, heads], "log-sum-exp");
  gpu.recorder.dispatch(kernels.forward, {
    tensors: {
      qkv,
      d_context: qkv,
      tiles,
      starts,
      bias: spread,
      result: context,
      log_sum_exp: lse,
    },
    params,
    workgroups,
  });
  const table = bias === undefined ? [] : [bias.table];
  const saved = [qkv, context, lse, tiles, starts, ...(bias === undefined ? [] : [spread])];
  tape.record(context, [qkv, ...table], saved, (dContext) => {
    const slot = tape.slot(qkv);
    const tableSlot = bias === undefined ? null : tape.slot(bias.table);
    tape.temporary([rows, heads], "output products", (delta) => {
      gpu.recorder.dispatch(kernels.outputProducts, {
        tensors: { saved_context: context, d_context: dContext, products: delta },
        params,
        workgroups: foldWorkgroups(Math.ceil(rows * heads / 64)),
      });
      const read = { qkv, d_context: dContext, tiles, starts, bias: spread, lse, delta };
      if (slot !== null) {
        const dispatch = {
          tensors: { ...read, result: slot.gradient },
          params: { ...params, accumulate: slot.accumulate ? 1 : 0 },
          workgroups,
        };
        gpu.recorder.dispatch(kernels.backwardQueries, dispatch);
        gpu.recorder.dispatch(kernels.backwardKeys, dispatch);
      }
      if (tableSlot === null) return;
      const { gradient, accumulate } = tableSlot;
      if (!accumulate) gpu.recorder.clear(gradient);
      tape.temporary([tiles.rows, gradient.size], "bias gradients of tiles", (products) => {
        gpu.recorder.dispatch(kernels.backwardBias, {
          tensors: { ...read, products },
          params: { ...params, parts: 1 },
          workgroups: foldWorkgroups(tiles.rows * heads),
        });
        addColumnSums(tape, products, gradient);
      });
    });
  });
  return context;
}

function quadsOfHead({ qkv, heads }: AttentionInputs): number {
  const columns = qkv.columns / 3;
  const quads = columns / heads / 4;
  if (!Number.isInteger(quads) || quads < 1 || quads > MAX_QUADS) {
    throw new TypeError(
      `Cannot run attention: ${heads} heads share ${columns} columns; wanted a multiple of 4 columns each, at most ${
        4 * MAX_QUADS
      }`,
    );
  }
  return quads;
}

function windowOf({ window = 0 }: AttentionInputs): number {
  if (!Number.isInteger(window) || window < 0 || window >= 2 ** 31) {
    throw new RangeError(
      `Cannot run attention: the window is ${window}, wanted a whole number from 0 on`,
    );
  }
  return window;
}

function defaultVariant(gpu: Gpu): AttentionVariant {
  return gpu.kind === "software" && gpu.lanes >= 8 ? "subgroup" : "workgroup";
}

function kernelsOf({ variant, quads, dropout, window, causal, bias }: Choice): Kernels {
  const key = `${variant} ${quads} ${dropout} ${window} ${causal} ${bias}`;
  let kernels = KERNELS.get(key);
  if (kernels === undefined) {
    const { forward, backward } = SOURCES[variant];
    const constants = {
      QUADS: quads,
      DROPOUT: dropout ? 1 : 0,
      WINDOW: window ? 1 : 0,
      CAUSAL: causal ? 1 : 0,
      BIAS: bias ? 1 : 0,
    };
    const kernel = (source: { name: string; source: string }, entryPoint: string) =>
      new Kernel({ ...source, constants, entryPoint });
    kernels = {
      forward: kernel(forward, "forward"),
      outputProducts: kernel(backward, "output_products"),
      backwardQueries: kernel(backward, "backward_queries"),
      backwardKeys: kernel(backward, "backward_keys"),
      backwardBias: kernel(backward, "backward_bias"),
    };
    KERNELS.set(key, kernels);
  }
  return kernels;
}

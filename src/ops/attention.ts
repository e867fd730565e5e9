/**
 * Multi-head self-attention over packed sequences.
 *
 * @module
 */
import source from "../../shaders/attention.wgsl" with { type: "text" };
import subgroupSource from "../../shaders/attention_subgroup.wgsl" with { type: "text" };
import { attentionTiles } from "../data/attention_tiles.ts";
import type { Gpu } from "../gpu/device.ts";
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import { checkShape, type Tensor } from "../gpu/tensor.ts";
import { dropoutThreshold } from "./dropout.ts";
import type { Tape } from "./tape.ts";

/** `"workgroup"` stages tiles in workgroup memory; `"subgroup"` broadcasts within 8 lanes. */
export type AttentionVariant = "workgroup" | "subgroup";

/** Where the sequences of a batch lie, cut into tiles. */
export interface AttentionLayout {
  /** Which kernels the tiles are for. */
  readonly variant: AttentionVariant;
  /** The first row of every sequence, then T: [S + 1]. */
  readonly sequenceStarts: Tensor;
  /** First row and sequence of every tile: [tiles, 2]. */
  readonly tiles: Tensor;
}

/** Arguments of {@linkcode attention}. */
export interface AttentionInputs {
  /** Queries, keys and values: [T, 3 C]. */
  qkv: Tensor;
  /** Where the sequences lie. */
  layout: AttentionLayout;
  /** How many heads share the C columns; C / heads is a multiple of 4, at most 128. */
  heads: number;
  /** Probability of dropping a weight, in [0, 1). Default: 0. */
  dropout?: number;
}

const ENTRY_POINTS = ["forward", "output_products", "backward_queries", "backward_keys"] as const;
type Kernels = Readonly<Record<typeof ENTRY_POINTS[number], Kernel>>;

const TILE_ROWS: Readonly<Record<AttentionVariant, number>> = { workgroup: 64, subgroup: 8 };
const MAX_QUADS = 32;

const SUBGROUP = kernels({ name: "attention_subgroup", source: subgroupSource });
const WORKGROUP = new Map<number, Kernels>();

/**
 * Uploads where the sequences of a batch lie.
 *
 * @param tape Owns the tensors.
 * @param starts The first row of every sequence, then T.
 * @param variant Which kernels to run. Default: those for the kind of adapter.
 * @returns The layout.
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
  };
}

/**
 * context_i = sum over j of p_ij v_j with p_i = softmax over j of q_i . k_j / sqrt(D), where j runs over
 * the sequence of row i, for every head.
 *
 * Saves `qkv`, the context and one log-sum-exp a row and head; nothing of size L^2 is ever held. Dropped
 * weights are a function of the tape's key, row, head and column. Source: Vaswani et al., "Attention Is
 * All You Need", 2017; Dao et al., "FlashAttention", 2022.
 *
 * @param tape Runs and records the op.
 * @param inputs The operands.
 * @returns The context, [T, C].
 * @throws {TypeError} If C cannot be divided among the heads.
 */
export function attention(tape: Tape, inputs: AttentionInputs): Tensor {
  const { gpu } = tape;
  const { qkv, layout, heads } = inputs;
  const { variant, tiles, sequenceStarts: starts } = layout;
  const rows = qkv.rows;
  const columns = qkv.columns / 3;
  const quads = columns / heads / 4;
  if (!Number.isInteger(quads) || quads < 1 || quads > MAX_QUADS) {
    throw new TypeError(
      `Cannot run attention: ${heads} heads share ${columns} columns; wanted a multiple of 4 columns each, at most 128`,
    );
  }
  checkShape("attention", "qkv", qkv, [rows, 3 * columns]);
  const run = kernelsOf(variant, quads);
  const params = { ...dropoutParams(tape, inputs.dropout ?? 0), rows, heads, quads };
  Object.assign(params, { tiles: tiles.rows, scale: 1 / Math.sqrt(4 * quads), accumulate: 0 });
  const byTile = foldWorkgroups(tiles.rows * heads);
  const context = tape.empty([rows, columns], "context");
  const lse = tape.empty([rows, heads], "log-sum-exp");
  gpu.recorder.dispatch(run.forward, {
    tensors: { qkv, tiles, starts, context, log_sum_exp: lse },
    params,
    workgroups: byTile,
  });
  tape.record(context, [qkv], [qkv, context, lse, tiles, starts], (dContext) => {
    const slot = tape.slot(qkv);
    if (slot === null) return;
    tape.temporary([rows, heads], "output products", (delta) => {
      gpu.recorder.dispatch(run.output_products, {
        tensors: { d_context: dContext, saved_context: context, products: delta },
        params,
        workgroups: foldWorkgroups(Math.ceil(rows * heads / 64)),
      });
      for (const kernel of [run.backward_queries, run.backward_keys]) {
        gpu.recorder.dispatch(kernel, {
          tensors: { qkv, d_context: dContext, tiles, starts, lse, delta, d_qkv: slot.gradient },
          params: { ...params, accumulate: slot.accumulate ? 1 : 0 },
          workgroups: byTile,
        });
      }
    });
  });
  return context;
}

function dropoutParams(tape: Tape, probability: number): Record<string, number> {
  const active = tape.training && probability > 0;
  const [key_0, key_1] = active ? tape.randomKey() : [0, 0];
  const threshold = active ? dropoutThreshold(probability) : 0;
  return { key_0, key_1, threshold, keep_factor: 1 / (1 - probability) };
}

function defaultVariant(gpu: Gpu): AttentionVariant {
  return gpu.kind === "software" && gpu.lanes >= 8 ? "subgroup" : "workgroup";
}

function kernelsOf(variant: AttentionVariant, quads: number): Kernels {
  if (variant === "subgroup") return SUBGROUP;
  let found = WORKGROUP.get(quads);
  if (found === undefined) {
    found = kernels({ name: "attention", source, constants: { QUADS: quads } });
    WORKGROUP.set(quads, found);
  }
  return found;
}

function kernels(
  init: { name: string; source: string; constants?: Record<string, number> },
): Kernels {
  return Object.fromEntries(
    ENTRY_POINTS.map((entryPoint) => [entryPoint, new Kernel({ ...init, entryPoint })]),
  ) as unknown as Kernels;
}

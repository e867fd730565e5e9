/**
 * The matrix product that other ops are made of, in one variant for each kind of adapter.
 *
 * @module
 */
import source from "../../shaders/matmul.wgsl" with { type: "text" };
import tilesSource from "../../shaders/matmul_tiles.wgsl" with { type: "text" };
import subgroupSource from "../../shaders/matmul_subgroup.wgsl" with { type: "text" };
import type { Gpu } from "../gpu/device.ts";
import { Kernel, type KernelInit } from "../gpu/kernel.ts";
import { shapeClass } from "../gpu/kernel_choices.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import { isHalf, type Tensor } from "../gpu/tensor.ts";

/** A matrix inside a tensor; row-major unless it is read transposed. */
export interface MatrixOperand {
  /** The tensor that holds it, of f32, f16 or bf16. */
  tensor: Tensor;
  /** Where it begins. Unit: elements. Default: 0. */
  offset?: number;
  /** Distance between rows as they are stored. Unit: elements. Default: the stored columns. */
  stride?: number;
  /** Whether the transpose of what is stored takes part. Default: false. */
  transposed?: boolean;
}

/** Arguments of {@linkcode matmul}. */
export interface MatmulInputs {
  /** The left factor, [m, k]. */
  a: MatrixOperand;
  /** The right factor, [k, n]. */
  b: MatrixOperand;
  /** Holds the result, f32, row-major and without gaps. */
  c: Tensor;
  /** Where the result begins in `c`. Unit: elements. Default: 0. */
  offset?: number;
  /** Rows of the result. */
  m: number;
  /** Columns of the result. */
  n: number;
  /** Length of the sums. */
  k: number;
  /** Factor of the sums. Default: 1. */
  scale?: number;
  /** Added to every row, [n]. */
  bias?: Tensor;
  /** Whether to add to what `c` holds. Default: false. */
  accumulate?: boolean;
  /** Which kernel to run. Default: the one for the kind of adapter. */
  variant?: MatmulVariant;
}

/**
 * `"workgroup"` shares tiles in workgroup memory, whatever the sizes; `"tile..."` tiles of that many rows
 * and columns, where rows are whole vec4s; `"subgroup"` broadcasts within 8 lanes.
 */
export type MatmulVariant = "workgroup" | "subgroup" | TileVariant;

/** Variants that differ in their tiles alone, and give the same bits. */
export type TileVariant = "tile32" | "tile64" | "tile64x128" | "tile128";

const MULTIPLY = byElements({ name: "matmul", source, entryPoint: "multiply" });
const REDUCE = new Kernel({ name: "matmul", source, entryPoint: "reduce" });

const subgroup = (entryPoint: string) =>
  [0, 1].map((ACCUMULATE) =>
    byElements({
      name: "matmul_subgroup",
      source: subgroupSource,
      entryPoint,
      constants: { ACCUMULATE },
    })
  );
/** By layout, and whether the result is added to what is there. */
const SUBGROUP = {
  nt: subgroup("multiply_nt"),
  nn: subgroup("multiply_nn"),
  tn: subgroup("multiply_tn"),
};

const tile = (rows: number, columns: number, constants: Readonly<Record<string, number>>) => ({
  rows,
  columns,
  kernel: byElements({
    name: "matmul_tiles",
    source: tilesSource,
    entryPoint: "multiply",
    constants: { TILE_M: rows, TILE_N: columns, ...constants },
  }),
});
const TILES: Readonly<Record<TileVariant, ReturnType<typeof tile>>> = {
  tile32: tile(32, 32, { BLOCKS_M: 1, BLOCKS_N: 1 }),
  tile64: tile(64, 64, { BLOCKS_M: 1, BLOCKS_N: 1 }),
  tile64x128: tile(64, 128, { BLOCKS_M: 1, BLOCKS_N: 2 }),
  tile128: tile(128, 128, { BLOCKS_M: 2, BLOCKS_N: 2 }),
};

const SUBGROUP_EDGE = 32;
const EDGE = 64;
const LEAST_CHUNK = 256;
const ENOUGH_WORKGROUPS = 256;

/**
 * Records c (+)= scale a b (+ bias). Not differentiable by itself.
 *
 * Each factor may be of f32 or of halves, which become f32 as they are loaded: products and sums are f32.
 * Which variant runs follows from the kind of adapter, from the shapes, and from what was measured on it
 * (`gpu.choices`). Where rows are not whole vec4s, and for two transposed operands, `"workgroup"` stands in
 * for every other.
 *
 * @param gpu The device.
 * @param inputs The operands, shapes and options.
 */
export function matmul(gpu: Gpu, inputs: MatmulInputs): void {
  if (inputs.m * inputs.n === 0) return;
  const isWhole = hasWholeRows(inputs);
  const variant = isWhole ? inputs.variant ?? chooseVariant(gpu, inputs) : "workgroup";
  if (variant === "subgroup") multiplyInSubgroups(gpu, inputs);
  else if (variant === "workgroup") multiplyInWorkgroups(gpu, inputs);
  else multiplyInTiles(gpu, inputs, TILES[variant]);
}

/**
 * The variants that an adapter can run on products of whole rows.
 *
 * @param gpu The device.
 * @returns Their names, that which is taken unmeasured first.
 */
export function matmulVariants(gpu: Gpu): MatmulVariant[] {
  const tiles = Object.keys(TILES) as TileVariant[];
  const subgroups: MatmulVariant[] = gpu.lanes >= 8 ? ["subgroup"] : [];
  return gpu.kind === "software"
    ? [...subgroups, "workgroup", ...tiles]
    : ["tile64", ...tiles.filter((name) => name !== "tile64"), "workgroup", ...subgroups];
}

/**
 * The class of a product, by which a variant is chosen.
 *
 * @param inputs The product.
 * @returns Layout, element types and rounded extents, such as `nt f32 f32 2048x512x128`.
 */
export function matmulClass({ a, b, m, n, k }: MatmulInputs): string {
  return `${layoutOf(a, b)} ${a.tensor.dtype} ${b.tensor.dtype} ${shapeClass(m, n, k)}`;
}

function chooseVariant(gpu: Gpu, inputs: MatmulInputs): MatmulVariant {
  if (gpu.choices.size > 0) {
    const measured = gpu.choices.get("matmul", matmulClass(inputs));
    const known = matmulVariants(gpu).find((variant) => variant === measured);
    if (known !== undefined) return known;
  }
  if (gpu.kind === "software") return gpu.lanes >= 8 ? "subgroup" : "workgroup";
  const { m, n } = inputs;
  const workgroups = (edge: number) => Math.ceil(m / edge) * Math.ceil(n / edge);
  if (workgroups(128) >= ENOUGH_WORKGROUPS) return "tile128";
  return workgroups(64) >= ENOUGH_WORKGROUPS ? "tile64" : "tile32";
}

function layoutOf(a: MatrixOperand, b: MatrixOperand): "tn" | "nt" | "nn" {
  return a.transposed ? "tn" : b.transposed ? "nt" : "nn";
}

function multiplyInSubgroups(gpu: Gpu, inputs: MatmulInputs): void {
  const { a, b, c, m, n, k, bias } = inputs;
  const kernel = SUBGROUP[layoutOf(a, b)][inputs.accumulate ? 1 : 0];
  gpu.recorder.dispatch(kernel(a.tensor, b.tensor), {
    tensors: { a: a.tensor, b: b.tensor, bias: bias ?? gpu.nothing, c },
    params: {
      m,
      n,
      k,
      a_offset: a.offset ?? 0,
      a_stride: stride(a, m, k),
      b_offset: b.offset ?? 0,
      b_stride: stride(b, k, n),
      c_offset: inputs.offset ?? 0,
      has_bias: bias === undefined ? 0 : 1,
      scale: inputs.scale ?? 1,
    },
    workgroups: foldWorkgroups(Math.ceil(m / SUBGROUP_EDGE) * Math.ceil(n / SUBGROUP_EDGE)),
  });
}

function hasWholeRows({ a, b, m, n, k, offset = 0 }: MatmulInputs): boolean {
  if (a.transposed && b.transposed) return false;
  const alongRows = a.transposed ? 0 : k;
  return [n, stride(a, m, k), stride(b, k, n), a.offset ?? 0, b.offset ?? 0, offset, alongRows]
    .every((size) => size % 4 === 0);
}

/** Distance between the rows of an operand of the given shape as they are stored. */
function stride(operand: MatrixOperand, rows: number, columns: number): number {
  return operand.stride ?? (operand.transposed ? rows : columns);
}

function multiplyInWorkgroups(gpu: Gpu, inputs: MatmulInputs): void {
  const { a, b, m, n, k } = inputs;
  const [aRow, aColumn] = strides(a, m, k);
  const [bRow, bColumn] = strides(b, k, n);
  multiplyInSlices(gpu, inputs, {
    kernel: MULTIPLY(a.tensor, b.tensor),
    tiles: Math.ceil(m / EDGE) * Math.ceil(n / EDGE),
    params: { a_row: aRow, a_column: aColumn, b_row: bRow, b_column: bColumn },
  });
}

function multiplyInTiles(gpu: Gpu, inputs: MatmulInputs, tile: typeof TILES[TileVariant]): void {
  const { a, b, m, n, k } = inputs;
  multiplyInSlices(gpu, inputs, {
    kernel: tile.kernel(a.tensor, b.tensor),
    tiles: Math.ceil(m / tile.rows) * Math.ceil(n / tile.columns),
    params: {
      a_stride: stride(a, m, k),
      a_across: a.transposed ? 1 : 0,
      b_stride: stride(b, k, n),
      b_across: b.transposed ? 0 : 1,
    },
  });
}

/** Splits a long k where there are few tiles; by the shapes alone, so that every variant adds alike. */
function multiplyInSlices(
  gpu: Gpu,
  { a, b, c, m, n, k, bias, offset = 0, accumulate = false, scale = 1 }: MatmulInputs,
  { kernel, tiles, params }: {
    kernel: Kernel;
    tiles: number;
    params: Readonly<Record<string, number>>;
  },
): void {
  const squares = Math.ceil(m / EDGE) * Math.ceil(n / EDGE);
  const wanted = Math.min(Math.ceil(ENOUGH_WORKGROUPS / squares), Math.floor(k / LEAST_CHUNK));
  const chunk = wanted > 1 ? Math.ceil(k / wanted / 16) * 16 : Math.max(1, k);
  const slices = Math.max(1, Math.ceil(k / chunk));
  const all = {
    ...params,
    m,
    n,
    k,
    a_offset: a.offset ?? 0,
    b_offset: b.offset ?? 0,
    c_offset: offset,
    chunk,
    slices,
    has_bias: bias === undefined ? 0 : 1,
    accumulate: accumulate ? 1 : 0,
    scale,
  };
  const partial = slices === 1 ? null : gpu.tensor([slices, m, n], "partial products");
  gpu.recorder.dispatch(kernel, {
    tensors: { a: a.tensor, b: b.tensor, bias: bias ?? gpu.nothing, c: partial ?? c },
    params: all,
    workgroups: [...foldWorkgroups(tiles), slices],
  });
  if (partial === null) return;
  gpu.recorder.dispatch(REDUCE, {
    tensors: { partial, bias: bias ?? gpu.nothing, c },
    params: { ...all, a_row: 0, a_column: 0, b_row: 0, b_column: 0 },
    workgroups: foldWorkgroups(Math.ceil(m * n / 256)),
  });
  gpu.release(partial);
}

/** Distances between neighbours down and across the matrix as it takes part in the product. */
function strides(operand: MatrixOperand, rows: number, columns: number): [number, number] {
  const distance = stride(operand, rows, columns);
  return operand.transposed ? [1, distance] : [distance, 1];
}

/** A kernel for each combination of element types that occurs. */
function byElements(init: KernelInit): (a: Tensor, b: Tensor) => Kernel {
  const kernels = new Map<string, Kernel>();
  return (a, b) => {
    const key = `${a.dtype} ${b.dtype}`;
    let kernel = kernels.get(key);
    if (kernel === undefined) {
      const elements = {
        ...(isHalf(a.dtype) && { a: a.dtype }),
        ...(isHalf(b.dtype) && { b: b.dtype }),
      };
      kernel = new Kernel({ ...init, elements });
      kernels.set(key, kernel);
    }
    return kernel;
  };
}

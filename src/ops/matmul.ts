/**
 * The matrix product that other ops are made of, in one variant for each kind of adapter.
 *
 * @module
 */
import source from "../../shaders/matmul.wgsl" with { type: "text" };
import subgroupSource from "../../shaders/matmul_subgroup.wgsl" with { type: "text" };
import type { Gpu } from "../gpu/device.ts";
import { Kernel, type KernelInit } from "../gpu/kernel.ts";
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

/** `"workgroup"` shares tiles in workgroup memory; `"subgroup"` broadcasts within 8 lanes. */
export type MatmulVariant = "workgroup" | "subgroup";

const MULTIPLY = byElements({ name: "matmul", source, entryPoint: "multiply" });
const REDUCE = new Kernel({ name: "matmul", source, entryPoint: "reduce" });

const subgroup = (entryPoint: string) =>
  byElements({ name: "matmul_subgroup", source: subgroupSource, entryPoint });
const SUBGROUP = {
  nt: subgroup("multiply_nt"),
  nn: subgroup("multiply_nn"),
  tn: subgroup("multiply_tn"),
};

const SUBGROUP_EDGE = 32;
const EDGE = 64;
const LEAST_CHUNK = 256;
const ENOUGH_WORKGROUPS = 256;

/**
 * Records c (+)= scale a b (+ bias). Not differentiable by itself.
 *
 * Each factor may be of f32 or of halves, which become f32 as they are loaded: products and sums are f32.
 * Where rows are not whole texels, and for two transposed operands, the variant `"workgroup"` stands in
 * for `"subgroup"`.
 *
 * @param gpu The device.
 * @param inputs The operands, shapes and options.
 */
export function matmul(gpu: Gpu, inputs: MatmulInputs): void {
  if (inputs.m * inputs.n === 0) return;
  const { variant = gpu.kind === "software" && gpu.lanes >= 8 ? "subgroup" : "workgroup" } = inputs;
  if (variant === "subgroup" && fitsSubgroup(inputs)) multiplyInSubgroups(gpu, inputs);
  else multiplyInWorkgroups(gpu, inputs);
}

function multiplyInSubgroups(gpu: Gpu, inputs: MatmulInputs): void {
  const { a, b, c, m, n, k, bias } = inputs;
  const layout = a.transposed ? "tn" : b.transposed ? "nt" : "nn";
  gpu.recorder.dispatch(SUBGROUP[layout](a.tensor, b.tensor), {
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
      accumulate: inputs.accumulate ? 1 : 0,
      scale: inputs.scale ?? 1,
    },
    workgroups: foldWorkgroups(Math.ceil(m / SUBGROUP_EDGE) * Math.ceil(n / SUBGROUP_EDGE)),
  });
}

function fitsSubgroup({ a, b, m, n, k, offset = 0 }: MatmulInputs): boolean {
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
  const { a, b, c, m, n, k, bias } = inputs;
  const tiles = Math.ceil(m / EDGE) * Math.ceil(n / EDGE);
  const wanted = Math.min(Math.ceil(ENOUGH_WORKGROUPS / tiles), Math.floor(k / LEAST_CHUNK));
  const chunk = wanted > 1 ? Math.ceil(k / wanted / 16) * 16 : Math.max(1, k);
  const slices = Math.max(1, Math.ceil(k / chunk));
  const [aRow, aColumn] = strides(a, m, k);
  const [bRow, bColumn] = strides(b, k, n);
  const params = {
    m,
    n,
    k,
    a_offset: a.offset ?? 0,
    a_row: aRow,
    a_column: aColumn,
    b_offset: b.offset ?? 0,
    b_row: bRow,
    b_column: bColumn,
    c_offset: inputs.offset ?? 0,
    chunk,
    slices,
    has_bias: bias === undefined ? 0 : 1,
    accumulate: inputs.accumulate ? 1 : 0,
    scale: inputs.scale ?? 1,
  };
  const multiply = (result: Tensor) =>
    gpu.recorder.dispatch(MULTIPLY(a.tensor, b.tensor), {
      tensors: { a: a.tensor, b: b.tensor, bias: bias ?? gpu.nothing, c: result },
      params,
      workgroups: [...foldWorkgroups(tiles), slices],
    });
  if (slices === 1) return multiply(c);
  const partial = gpu.tensor([slices, m, n], "partial products");
  multiply(partial);
  gpu.recorder.dispatch(REDUCE, {
    tensors: { partial, bias: bias ?? gpu.nothing, c },
    params,
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

/**
 * Measures which variant of the matrix product an adapter runs fastest.
 *
 * @module
 */
import type { Gpu } from "../gpu/device.ts";
import type { HalfType } from "../gpu/tensor.ts";
import {
  matmul,
  matmulClass,
  type MatmulInputs,
  type MatmulVariant,
  matmulVariants,
} from "./matmul.ts";

/** A product to measure. */
export interface TunedShape {
  /** What it is for, such as `query, key, value`. */
  readonly name: string;
  /** Rows of the result. */
  readonly m: number;
  /** Columns of the result. */
  readonly n: number;
  /** Length of the sums. */
  readonly k: number;
  /** Which operand is read transposed: neither, the right one, or the left one. */
  readonly layout: "nn" | "nt" | "tn";
  /** Element type of both operands. */
  readonly dtype: "f32" | HalfType;
}

/** What was measured of one product. */
export interface TunedProduct {
  /** The product. */
  readonly shape: TunedShape;
  /** Its class, as `gpu.choices` knows it. */
  readonly shapes: string;
  /** Time of one product by variant. Unit: milliseconds. */
  readonly milliseconds: ReadonlyMap<MatmulVariant, number>;
  /** The fastest. */
  readonly chosen: MatmulVariant;
}

/** The least work in one measurement: shorter ones say more of the clock than of the kernel. */
const LEAST_WORK = 2e9;
const MOST_RUNS = 64;
const ROUNDS = 3;

/**
 * Runs every variant on every product and keeps the fastest of each in `gpu.choices`. All variants add in
 * the same order, so that a choice changes no bit where the adapter fuses multiplication and addition alike.
 *
 * @param gpu The device.
 * @param shapes The products; of one class the first is measured.
 * @param report Told of each product when it was measured.
 * @returns What was found, one entry a class.
 */
export async function tuneMatmul(
  gpu: Gpu,
  shapes: readonly TunedShape[],
  report: (product: TunedProduct) => void = () => {},
): Promise<TunedProduct[]> {
  const products = new Map<string, TunedProduct>();
  for (const shape of shapes) {
    const product = await tune(gpu, shape, (name) => products.has(name));
    if (product === null) continue;
    products.set(product.shapes, product);
    gpu.choices.set("matmul", product.shapes, product.chosen);
    report(product);
  }
  return [...products.values()];
}

async function tune(
  gpu: Gpu,
  shape: TunedShape,
  isKnown: (shapes: string) => boolean,
): Promise<TunedProduct | null> {
  const { m, n, k, layout, dtype } = shape;
  const operand = (size: number, label: string, transposed: boolean) => {
    const tensor = gpu.tensor([size], label, dtype);
    // Zeros would do, but some adapters take longer over what is not a number.
    gpu.recorder.clear(tensor);
    return { tensor, transposed };
  };
  const a = operand(m * k, "a", layout === "tn");
  const b = operand(k * n, "b", layout === "nt");
  const inputs: MatmulInputs = { a, b, c: gpu.tensor([m, n], "c"), m, n, k };
  try {
    const shapes = matmulClass(inputs);
    if (isKnown(shapes)) return null;
    const milliseconds = new Map<MatmulVariant, number>();
    for (const variant of matmulVariants(gpu)) {
      milliseconds.set(variant, await measure(gpu, { ...inputs, variant }));
    }
    const [[chosen]] = [...milliseconds].sort(([, one], [, other]) => one - other);
    return { shape, shapes, milliseconds, chosen };
  } finally {
    gpu.release(a.tensor, b.tensor, inputs.c);
  }
}

/** The least time of one product over some rounds. Unit: milliseconds. */
async function measure(gpu: Gpu, inputs: MatmulInputs): Promise<number> {
  const work = 2 * inputs.m * inputs.n * inputs.k;
  const runs = gpu.kind === "software"
    ? 1
    : Math.min(MOST_RUNS, Math.max(1, Math.ceil(LEAST_WORK / work)));
  // The first run compiles.
  matmul(gpu, inputs);
  await gpu.read(gpu.nothing);
  const profiler = gpu.startProfiler();
  let best = Infinity;
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const started = performance.now();
      for (let i = 0; i < runs; i++) matmul(gpu, inputs);
      await gpu.read(gpu.nothing);
      const wall = performance.now() - started;
      const times = await profiler?.take();
      const total = times?.reduce((sum, { milliseconds }) => sum + milliseconds, 0) ?? wall;
      best = Math.min(best, total / runs);
    }
  } finally {
    gpu.recorder.profiler = null;
    profiler?.destroy();
  }
  return best;
}

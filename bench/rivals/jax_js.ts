/**
 * The part of jax-js that the programs use. It is imported by a name that is not known before the program
 * runs, so that neither the checker nor the lock file of this repository sees the package.
 *
 * @module
 */

/** Package and version. */
const VERSION = "0.1.25";
const PACKAGE = `npm:@jax-js/jax@${VERSION}`;

/** An array; an operation takes over its operands, unless they are passed as `ref`. */
export interface JaxArray {
  readonly ref: JaxArray;
  add(other: JaxArray | number): JaxArray;
  sub(other: JaxArray | number): JaxArray;
  mul(other: JaxArray | number): JaxArray;
  div(other: JaxArray | number): JaxArray;
  sum(axis?: number, options?: { keepdims: boolean }): JaxArray;
  mean(axis?: number, options?: { keepdims: boolean }): JaxArray;
  transpose(order?: number[]): JaxArray;
  reshape(shape: number[]): JaxArray;
  slice(...index: (number | [number, number])[]): JaxArray;
  data(): Promise<Float32Array>;
  blockUntilReady(): Promise<JaxArray>;
  dispose(): void;
}

/** Arrays by name. */
export type Arrays = Record<string, JaxArray>;

/** The module. */
export interface Jax {
  init(device: string): Promise<string[]>;
  defaultDevice(device: string): string;
  blockUntilReady<T>(arrays: T): Promise<T>;
  jit<Args extends unknown[], Out>(
    run: (...args: Args) => Out,
  ): (...args: Args) => Out;
  valueAndGrad<Rest extends unknown[]>(
    run: (arrays: Arrays, ...rest: Rest) => JaxArray,
  ): (arrays: Arrays, ...rest: Rest) => [JaxArray, Arrays];
  numpy: {
    int32: unknown;
    array(
      values: Float32Array | Int32Array,
      options: { shape: number[]; dtype?: unknown },
    ): JaxArray;
    eye(rows: number): JaxArray;
    matmul(a: JaxArray, b: JaxArray): JaxArray;
    sqrt(x: JaxArray): JaxArray;
    square(x: JaxArray): JaxArray;
  };
  nn: {
    gelu(x: JaxArray, options: { approximate: boolean }): JaxArray;
    softmax(x: JaxArray): JaxArray;
    logSoftmax(x: JaxArray): JaxArray;
    oneHot(ids: JaxArray, classes: number): JaxArray;
  };
}

/** The module on one of its backends. */
export interface JaxRival {
  /** The module. */
  readonly jax: Jax;
  /** Its name in tables. */
  readonly name: string;
  /** Its version. */
  readonly versions: Readonly<Record<string, string>>;
}

/**
 * Loads jax-js.
 *
 * @param backend "wasm" or "webgpu".
 * @returns The module.
 * @throws {Error} If it lacks the backend here.
 */
export async function loadJax(backend: string): Promise<JaxRival> {
  const jax = await import(PACKAGE) as Jax;
  const found = await jax.init(backend);
  if (!found.includes(backend)) {
    throw new Error(`Cannot run jax-js on ${backend}: found ${found.join(", ") || "no backend"}`);
  }
  jax.defaultDevice(backend);
  return { jax, name: `jax-js ${backend}`, versions: { "@jax-js/jax": VERSION } };
}

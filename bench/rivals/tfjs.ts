/**
 * The part of TensorFlow.js that the programs use. It is imported by a name that is not known before the
 * program runs, so that neither the checker nor the lock file of this repository sees the package.
 *
 * @module
 */

/** Version of the package and of its backends. */
const VERSION = "4.22.0";

/** A tensor. */
export interface TfTensor {
  add(other: TfTensor | number): TfTensor;
  sub(other: TfTensor | number): TfTensor;
  mul(other: TfTensor | number): TfTensor;
  div(other: TfTensor | number): TfTensor;
  sqrt(): TfTensor;
  square(): TfTensor;
  sum(axis?: number, keepDims?: boolean): TfTensor;
  mean(axis?: number, keepDims?: boolean): TfTensor;
  reshape(shape: number[]): TfTensor;
  transpose(order: number[]): TfTensor;
  slice(begin: number[], size: number[]): TfTensor;
  data(): Promise<Float32Array>;
  dispose(): void;
}

/** A tensor whose values change. */
export interface TfVariable extends TfTensor {
  readonly name: string;
  assign(values: TfTensor): void;
}

/** The module. */
export interface Tf {
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  tidy<Result>(run: () => Result): Result;
  dispose(tensors: TfTensor | Record<string, TfTensor>): void;
  tensor(values: Float32Array, shape: number[]): TfTensor;
  tensor1d(values: Int32Array, type: "int32"): TfTensor;
  variable(initial: TfTensor, trainable: boolean, name: string): TfVariable;
  eye(rows: number): TfTensor;
  erf(x: TfTensor): TfTensor;
  gather(table: TfTensor, rows: TfTensor): TfTensor;
  matMul(a: TfTensor, b: TfTensor, transposeA?: boolean, transposeB?: boolean): TfTensor;
  softmax(x: TfTensor): TfTensor;
  logSoftmax(x: TfTensor): TfTensor;
  variableGrads(
    run: () => TfTensor,
    variables: TfVariable[],
  ): { value: TfTensor; grads: Record<string, TfTensor> };
  train: {
    adam(
      learningRate: number,
      beta1: number,
      beta2: number,
      epsilon: number,
    ): { applyGradients(gradients: Record<string, TfTensor>): void };
  };
}

/** The module on one of its backends. */
export interface TfRival {
  /** The module. */
  readonly tf: Tf;
  /** Its name in tables. */
  readonly name: string;
  /** Its version. */
  readonly versions: Readonly<Record<string, string>>;
}

/**
 * Loads TensorFlow.js.
 *
 * @param backend "wasm" or "webgpu".
 * @returns The module.
 * @throws {Error} If the backend does not start.
 */
export async function loadTf(backend: string): Promise<TfRival> {
  // The backends and the module must share one core, whose name is that of the main package's part.
  const tf = await import(`npm:@tensorflow/tfjs@${VERSION}`) as Tf;
  await import(`npm:@tensorflow/tfjs-backend-${backend}@${VERSION}`);
  if (!await tf.setBackend(backend)) {
    throw new Error(`Cannot run TensorFlow.js on ${backend}: the backend does not start`);
  }
  await tf.ready();
  return { tf, name: `TensorFlow.js ${backend}`, versions: { "@tensorflow/tfjs": VERSION } };
}

/**
 * Runs a loss the way training does, with all traps of `runOp` set.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import type { Gpu } from "../../src/gpu/device.ts";
import { Tensor } from "../../src/gpu/tensor.ts";
import type { EmbeddedBatch, Loss, LossComponents } from "../../src/losses/loss.ts";
import type { Tape } from "../../src/ops/tape.ts";
import { weightedSum } from "../../src/ops/weighted_sum.ts";
import { givenParameters } from "./given_parameters.ts";
import { type OpInput, type OpResult, runOp } from "./run_op.ts";

/** A batch for a loss. */
export interface LossRun {
  /** Rows of a column. */
  B: number;
  /** Length of an embedding. */
  C: number;
  /** Values that get a gradient, by name. */
  inputs: {
    /** [S, C]; S / B is the number of columns. */
    embeddings: Float64Array;
    /** By a copy of the model, [S, C]. */
    twin?: Float64Array;
    /** After each layer but the last, [S, C] each. */
    layers?: readonly Float64Array[];
    /** Own parameters by name. */
    parameters?: Readonly<Record<string, OpInput>>;
  };
  /** Labels, flat. Default: none. */
  labels?: ArrayLike<number>;
  /** See `EmbeddedBatch`. */
  labelSmoothing?: number;
  /** The component to look at. Default: the sum of all. */
  component?: string;
}

/**
 * Computes a loss and its gradients, with 1 as the gradient of the loss.
 *
 * @param gpu The device.
 * @param loss The loss.
 * @param run The batch.
 * @returns The loss, and gradients of "embeddings", "twin", "layer 0" and so on, and parameters by name.
 */
export async function runLoss(gpu: Gpu, loss: Loss, run: LossRun): Promise<OpResult<string>> {
  const { B, C, inputs, labels = null } = run;
  const { embeddings, twin, layers = [], parameters = {} } = inputs;
  const matrix = (data: Float64Array) => ({ shape: [data.length / C, C], data });
  const ofLayers = layers.map((data, i) => [`layer ${i}`, matrix(data)] as const);
  const ofParameters = Object.entries(parameters).map(([name, input]) =>
    [name, { ...input, parameter: true }] as const
  );
  return await runOp<string>(gpu, {
    inputs: {
      embeddings: matrix(embeddings),
      ...(twin === undefined ? {} : { twin: matrix(twin) }),
      ...Object.fromEntries(ofLayers),
      ...Object.fromEntries(ofParameters),
    },
    forward: (tape, tensors) => {
      loss.declare?.(givenParameters(tensors), { dimension: C, seed: 1 });
      return scalar(tape, run, {
        value: loss.forward(tape, {
          embeddings: tensors.embeddings,
          columns: columnRanges(embeddings.length / C / B, B),
          labels: labels && tape.upload([labels.length], Float32Array.from(labels), "labels"),
          labelSmoothing: run.labelSmoothing,
          twin: tensors.twin,
          layers: inputs.layers &&
            [...ofLayers.map(([name]) => tensors[name]), tensors.embeddings],
        }),
        components: loss.components,
      });
    },
    dOutput: Float64Array.of(1),
  });
}

/** Columns of B rows each. */
export function columnRanges(count: number, B: number): EmbeddedBatch["columns"] {
  return Array.from({ length: count }, (_, i) => ({ name: `${i}`, first: i * B, count: B }));
}

function scalar(
  tape: Tape,
  { component }: LossRun,
  { value, components }: { value: Tensor | LossComponents; components?: readonly string[] },
): Tensor {
  if (value instanceof Tensor) {
    assertEquals(components, undefined, "it names components and returns none");
    return value;
  }
  assertEquals(Object.keys(value), components, "it returns other components than it names");
  return component === undefined ? weightedSum(tape, Object.values(value)) : value[component];
}

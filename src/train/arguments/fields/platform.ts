/**
 * The arguments about devices and compilers.
 *
 * @module
 */
import { z } from "zod";
import { effect, type Field, field, type Refused } from "../field.ts";

function meaningless(what: string): Refused {
  return {
    kind: "refused",
    reason: `meaningless on WebGPU: ${what}`,
    instead: "leave it unset",
  };
}

const compiler: Refused = meaningless("kernels are written by hand and compiled by the driver");
const tpu: Refused = meaningless("it has no TPU");

/** The records, by upstream name. */
export const platformFields = {
  use_cpu: field({
    schema: z.boolean(),
    default: false,
    doc: "Whether a software adapter is used although there is a GPU.",
    support: effect,
  }) as Field<boolean>,
  no_cuda: field({
    schema: z.boolean(),
    default: false,
    doc: "The older name of use_cpu.",
    support: { kind: "alias", of: "use_cpu" },
  }) as Field<boolean>,
  use_mps_device: field({
    schema: z.boolean(),
    default: false,
    doc: "Whether Apple's Metal is used; deprecated upstream.",
    support: { kind: "inert", note: "WebGPU uses Metal wherever it is there" },
  }) as Field<boolean>,
  jit_mode_eval: field({
    schema: z.boolean(),
    default: false,
    doc: "Whether evaluation runs a trace that PyTorch made.",
    support: compiler,
  }) as Field<boolean>,
  use_ipex: field({
    schema: z.boolean(),
    default: false,
    doc: "Whether Intel's extension of PyTorch is used.",
    support: meaningless("there is no PyTorch to extend"),
  }) as Field<boolean>,
  torch_compile: field({
    schema: z.boolean(),
    default: false,
    doc: "Whether PyTorch compiles the model.",
    support: compiler,
  }) as Field<boolean>,
  torch_compile_backend: field({
    schema: z.string().nullable(),
    default: null,
    doc: "The compiler for torch_compile.",
    support: compiler,
  }) as Field<string | null>,
  torch_compile_mode: field({
    schema: z.string().nullable(),
    default: null,
    doc: "How torch_compile compiles.",
    support: compiler,
  }) as Field<string | null>,
  torchdynamo: field({
    schema: z.string().nullable(),
    default: null,
    doc: "The older name of torch_compile_backend.",
    support: { kind: "alias", of: "torch_compile_backend" },
  }) as Field<string | null>,
  tpu_num_cores: field({
    schema: z.int().min(1).nullable(),
    default: null,
    unit: "cores",
    doc: "The TPU cores to train on.",
    support: tpu,
  }) as Field<number | null>,
  tpu_metrics_debug: field({
    schema: z.boolean(),
    default: false,
    doc: "The older name of debug=tpu_metrics_debug.",
    support: tpu,
  }) as Field<boolean>,
};

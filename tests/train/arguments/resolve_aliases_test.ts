import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../src/errors.ts";
import type { ArgumentValues } from "../../../src/train/arguments/argument_values.ts";
import { argumentFields } from "../../../src/train/arguments/fields.ts";
import { resolveAliases } from "../../../src/train/arguments/resolve_aliases.ts";

type Given = Partial<ArgumentValues>;

function assertRefused(given: Given, message: string): void {
  assertEquals(assertThrows(() => resolveAliases(given), UsageError).message, message);
}

Deno.test("resolveAliases() moves values from older names to those of today, with a warning each", () => {
  const warnings: string[] = [];
  const warn = (warning: string) => warnings.push(warning);
  const given: Given = {
    perGpuTrainBatchSize: 32,
    perGpuEvalBatchSize: 16,
    noCuda: true,
    adafactor: true,
    seed: 1,
  };
  assertEquals(resolveAliases(given, { warn }), {
    perDeviceTrainBatchSize: 32,
    perDeviceEvalBatchSize: 16,
    useCpu: true,
    optim: "adafactor",
    seed: 1,
  });
  assertEquals(warnings, [
    "per_gpu_train_batch_size is deprecated: it sets per_device_train_batch_size; give that in its place",
    "per_gpu_eval_batch_size is deprecated: it sets per_device_eval_batch_size; give that in its place",
    "adafactor is deprecated: it sets optim; give that in its place",
    "no_cuda is deprecated: it sets use_cpu; give that in its place",
  ]);
});

Deno.test("resolveAliases() drops older names with their defaults silently", () => {
  const aliases = [...argumentFields].filter(([, { support }]) => support.kind === "alias");
  assertEquals(aliases.length, 9);
  const warn = () => {
    throw new Error("warned");
  };
  const given = { perGpuTrainBatchSize: null, perDeviceTrainBatchSize: 4, fp16Backend: "auto" };
  assertEquals(resolveAliases(given as Given, { warn }), { perDeviceTrainBatchSize: 4 });
});

Deno.test("resolveAliases() lets an older name win over a default, and refuses another value", () => {
  for (const perDeviceTrainBatchSize of [8, 32]) {
    assertEquals(resolveAliases({ perGpuTrainBatchSize: 32, perDeviceTrainBatchSize }), {
      perDeviceTrainBatchSize: 32,
    });
  }
  assertRefused(
    { perGpuTrainBatchSize: 32, perDeviceTrainBatchSize: 16 },
    "Cannot set per_gpu_train_batch_size to 32: it stands for per_device_train_batch_size, which " +
      "is 16; give one of them",
  );
});

Deno.test("resolveAliases() refuses what the argument of today does not honour", () => {
  const compiler =
    "meaningless on WebGPU: kernels are written by hand and compiled by the driver; " +
    "leave it unset";
  const cases: [Given, string][] = [
    [
      { torchdynamo: "eager" },
      `torchdynamo to "eager", which sets torch_compile_backend: ${compiler}`,
    ],
  ];
  for (const [given, message] of cases) assertRefused(given, `Cannot set ${message}`);
});

Deno.test("resolveAliases() warns in place of a refusal where it is lenient", () => {
  const warnings: string[] = [];
  const leniency = { lenient: true, warn: (warning: string) => warnings.push(warning) };
  assertEquals(resolveAliases({ fp16Backend: "apex" }, leniency), { halfPrecisionBackend: "auto" });
  assertEquals(warnings, [
    "fp16_backend is deprecated: it sets half_precision_backend; give that in its place",
    'Cannot set fp16_backend to "apex", which sets half_precision_backend: meaningless on WebGPU: ' +
    'it sets up the mixed precision of PyTorch; leave it unset; it stays "auto"',
  ]);
  const both = { pushToHubOrganization: "o", pushToHubModelId: "m" };
  assertEquals(resolveAliases(both, leniency), { hubModelId: "o/m" });
});

import { assertEquals } from "@std/assert";
import { platformFields } from "../../../../src/train/arguments/fields/platform.ts";
import { assertRange, defaultsOf, namesOf } from "./records.ts";

Deno.test("platformFields have the defaults of upstream", () => {
  assertEquals(defaultsOf(platformFields), {
    use_cpu: false,
    no_cuda: false,
    use_mps_device: false,
    jit_mode_eval: false,
    use_ipex: false,
    torch_compile: false,
    torch_compile_backend: null,
    torch_compile_mode: null,
    torchdynamo: null,
    tpu_num_cores: null,
    tpu_metrics_debug: false,
  });
});

Deno.test("platformFields take what is in range", () => {
  assertRange(platformFields.use_cpu, [true, false], [null]);
  assertRange(platformFields.tpu_num_cores, [1, 8, null], [0]);
  assertRange(platformFields.torch_compile_mode, ["default", null], [1]);
});

Deno.test("platformFields say what is not honoured", () => {
  assertEquals(namesOf(platformFields, "refused"), [
    "jit_mode_eval",
    "use_ipex",
    "torch_compile",
    "torch_compile_backend",
    "torch_compile_mode",
    "tpu_num_cores",
    "tpu_metrics_debug",
  ]);
  assertEquals(namesOf(platformFields, "inert"), ["use_mps_device"]);
  assertEquals(namesOf(platformFields, "alias"), ["no_cuda", "torchdynamo"]);
  assertEquals(namesOf(platformFields, "partly"), []);
});

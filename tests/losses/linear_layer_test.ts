import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { ParameterStore } from "../../src/gpu/parameter_slab.ts";
import { LinearLayer } from "../../src/losses/linear_layer.ts";
import { Tape } from "../../src/ops/tape.ts";
import { linear } from "../reference/linear.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu } from "../support/gpu.ts";

async function declared(seed: number) {
  const store = new ParameterStore(await testGpu());
  const layer = new LinearLayer(store, { name: "head", width: 16, columns: 5, seed });
  store.allocate(() => null, false);
  return { store, layer, values: await store.download() };
}

Deno.test("LinearLayer declares a weight, which decays, and a bias, which does not", async () => {
  const { store, layer } = await declared(1);
  assertEquals(layer.width, 16);
  assertEquals(store.parameters.map(({ name, init }) => [name, init.shape, init.decay]), [
    ["head.weight", [5, 16], true],
    ["head.bias", [5], false],
  ]);
  store.destroy();
});

Deno.test("LinearLayer begins evenly within 1 / sqrt(width), by seed and name", async () => {
  const [first, again, other] = [await declared(1), await declared(1), await declared(2)];
  const weight = first.values.get("head.weight")!.data;
  const bias = first.values.get("head.bias")!.data;
  for (const values of [weight, bias]) assert(values.every((value) => Math.abs(value) <= 0.25));
  // 80 numbers of variance 1 / 48: their mean is off by more than 4 / sqrt(48 * 80) once in 16,000.
  assert(Math.abs(weight.reduce((sum, value) => sum + value / 80, 0)) < 4 / Math.sqrt(48 * 80));
  assert(Math.max(...weight) > 0.2 && Math.min(...weight) < -0.2);
  assertEquals(weight, again.values.get("head.weight")!.data);
  assertNotEquals(weight, other.values.get("head.weight")!.data);
  for (const { store } of [first, again, other]) store.destroy();
});

Deno.test("LinearLayer computes x weight^T + bias", async () => {
  const gpu = await testGpu();
  const { store, layer, values } = await declared(1);
  const x = normalValues(3 * 16, 1);
  const tape = new Tape(gpu);
  const y = await gpu.read(layer.forward(tape, tape.upload([3, 16], Float32Array.from(x), "x")));
  const [weight, bias] = ["weight", "bias"].map((part) =>
    Float64Array.from(values.get(`head.${part}`)!.data)
  );
  const expected = linear({ x, weight, bias, T: 3, K: 16, N: 5 });
  assertClose(y, expected, { op: "LinearLayer", absolute: 4 * floatTolerance(17), relative: 0 });
  tape.end();
  store.destroy();
});

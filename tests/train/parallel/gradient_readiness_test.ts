import { assertEquals } from "@std/assert";
import { ParameterStore } from "../../../src/gpu/parameter_slab.ts";
import { GradientReadiness } from "../../../src/train/parallel/gradient_readiness.ts";
import { testGpu } from "../../support/gpu.ts";

/** Runs a pass whose ops add to the given parameters; returns what was ready before each op, and at the end. */
async function passes(...runs: { kind: object; ops: number[][] }[]) {
  const store = new ParameterStore(await testGpu());
  const parameters = [0, 1, 2].map((i) =>
    store.declare({
      parts: [{ name: `p${i}`, shape: [4] }],
      shape: [4],
      decay: true,
      initialize: () => new Float32Array(4),
    })
  );
  store.allocate(() => null, true);
  const before = parameters.map(({ value }) => value.gradient);
  const [a, b, c] = parameters;
  // The second parameter lies in two buckets.
  const readiness = new GradientReadiness([[c, b], [b, a]]);
  const found = runs.map(({ kind, ops }) => {
    readiness.begin(kind);
    const ready = ops.map((touched) => {
      const now = readiness.next();
      for (const i of touched) assertEquals(parameters[i].value.gradient, before[i]);
      return now;
    });
    return { ready, rest: readiness.end() };
  });
  readiness.destroy();
  assertEquals(parameters.map(({ value }) => value.gradient), before);
  store.destroy();
  return found;
}

Deno.test("GradientReadiness learns after which op a bucket is finished", async () => {
  const [kind, other] = [{}, {}];
  const ops = [[2], [1], [], [0]];
  assertEquals(await passes({ kind, ops }, { kind, ops }, { kind: other, ops }), [
    { ready: [[], [], [], []], rest: [0, 1] },
    { ready: [[], [], [0], []], rest: [1] },
    { ready: [[], [], [], []], rest: [0, 1] },
  ]);
});

Deno.test("GradientReadiness notices a pass that goes another way", async () => {
  const kind = {};
  const runs = [[[2], [1], [0]], [[2], [0], [1]], [[2], [0], [1]]].map((ops) => ({ kind, ops }));
  const [, second, third] = await passes(...runs);
  assertEquals(second, { ready: [[], [], [0]], rest: [0, 1] });
  assertEquals(third, { ready: [[], [], []], rest: [0, 1] });
});

Deno.test("GradientReadiness calls buckets that nothing adds to ready at once", async () => {
  const kind = {};
  const ops = [[2], [2]];
  const [, second] = await passes({ kind, ops }, { kind, ops });
  assertEquals(second, { ready: [[1], []], rest: [0] });
});

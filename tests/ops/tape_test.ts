import { assertEquals, assertThrows } from "@std/assert";
import { sizeClass } from "../../src/gpu/buffer_pool.ts";
import type { Tensor } from "../../src/gpu/tensor.ts";
import { Tape } from "../../src/ops/tape.ts";
import { ParameterStore } from "../../src/gpu/parameter_slab.ts";
import { AFFINE, testGpu } from "../support/gpu.ts";

/** y = scale * x; its gradient is written or, into a slot that holds one, refused. */
function scaled(tape: Tape, x: Tensor, scale: number, log: string[] = []): Tensor {
  const { recorder } = tape.gpu;
  const params = { count: x.size, scale, shift: 0 };
  const y = tape.empty(x.shape, `${scale}${x.label}`);
  recorder.dispatch(AFFINE, { tensors: { x, y }, params, workgroups: [1] });
  tape.record(y, [x], [], (dY) => {
    const slot = tape.slot(x)!;
    log.push(`${y.label}:${slot.accumulate}`);
    recorder.dispatch(AFFINE, { tensors: { x: dY, y: slot.gradient }, params, workgroups: [1] });
  });
  return y;
}

async function parameter(value: number): Promise<ParameterStore> {
  const store = new ParameterStore(await testGpu());
  const data = new Float32Array([value]);
  store.declare({
    parts: [{ name: "p", shape: [] }],
    shape: [],
    decay: true,
    initialize: () => data,
  });
  store.allocate(() => null, true);
  return store;
}

Deno.test("Tape walks from the end, carries the scale and leaves nothing alive", async () => {
  const gpu = await testGpu();
  const store = await parameter(3);
  const [{ value }] = store.parameters;
  gpu.constant(0.5);
  const live = gpu.pool.counters.live;
  const tape = new Tape(gpu, { recording: true });
  const log: string[] = [];
  const loss = scaled(tape, scaled(tape, value, 2, log), 5, log);
  tape.backward(loss, 0.5);
  assertEquals([...await gpu.read(loss)], [30]);
  assertEquals([...await gpu.read(value.gradient!)], [5]);
  assertEquals(log, ["52p:false", "2p:true"]);
  tape.end();
  assertEquals(gpu.pool.counters.live, live);
  store.destroy();
});

Deno.test("Tape passes a gradient on without a copy, once", async () => {
  const gpu = await testGpu();
  const store = await parameter(1);
  const tape = new Tape(gpu, { recording: true });
  const x = scaled(tape, store.parameters[0].value, 1);
  const y = tape.empty(x.shape, "y");
  gpu.recorder.copy(x, y);
  const passed: boolean[] = [];
  tape.record(y, [x], [], () => passed.push(tape.passGradient(y, x), tape.passGradient(y, x)));
  tape.backward(y);
  assertEquals(passed, [true, false]);
  assertEquals([...await gpu.read(store.parameters[0].value.gradient!)], [1]);
  tape.end();
  store.destroy();
});

Deno.test("Tape without recording frees a scope's tensors but the one it returns", async () => {
  const gpu = await testGpu();
  const tape = new Tape(gpu);
  const live = gpu.pool.counters.live;
  const kept = tape.scope(() => {
    tape.empty([1000], "lost");
    return tape.empty([10], "kept");
  });
  assertEquals(gpu.pool.counters.live - live, kept.allocation.bytes);
  tape.end();
  assertEquals(gpu.pool.counters.live, live);
});

Deno.test("Tape draws random keys from seed, step and order alone", async () => {
  const gpu = await testGpu();
  const keys = (seed: number, step: number) => {
    const tape = new Tape(gpu, { seed, step });
    return [tape.randomKey(), tape.randomKey()].map(String);
  };
  assertEquals(keys(1, 2), keys(1, 2));
  assertEquals(new Set([...keys(1, 2), ...keys(1, 3), ...keys(2, 2)]).size, 6);
});

Deno.test("Tape refuses backward from what depends on no parameter", async () => {
  const tape = new Tape(await testGpu(), { recording: true });
  const constant = tape.empty([], "lonely");
  assertThrows(
    () => tape.backward(constant),
    TypeError,
    'from "lonely": it depends on no parameter',
  );
  tape.end();
});

Deno.test("Tape runs a part again for backward, with the same random bits", async () => {
  const gpu = await testGpu();
  const store = await parameter(1);
  const [{ value }] = store.parameters;
  const found = [];
  for (const recomputed of [false, true]) {
    const tape = new Tape(gpu, { recording: true, seed: 3 });
    const drawn: string[] = [];
    const part = (inner: Tape) => {
      drawn.push(String(inner.randomKey()));
      return scaled(inner, scaled(inner, x, 2), 5);
    };
    const x = scaled(tape, value, 3);
    const y = recomputed ? tape.checkpoint(x, part) : part(tape);
    drawn.push(String(tape.randomKey()));
    tape.backward(y);
    found.push({
      y: [...await gpu.read(y)],
      gradient: [...await gpu.read(value.gradient!)],
      drawn,
    });
    tape.end();
  }
  const [kept, again] = found;
  assertEquals([kept.y, kept.gradient], [[30], [30]]);
  assertEquals([again.y, again.gradient], [[30], [30]]);
  assertEquals(again.drawn, [...kept.drawn, kept.drawn[0]]);
  store.destroy();
});

Deno.test("Tape gives up, at the end of a scope, what no op saved", async () => {
  const gpu = await testGpu();
  const store = await parameter(1);
  const [{ value }] = store.parameters;
  const tape = new Tape(gpu, { recording: true });
  const { live } = gpu.pool.counters;
  const y = tape.scope(() => {
    const saved = tape.empty([1000], "saved");
    tape.empty([2000], "passing");
    const output = tape.empty([], "output");
    tape.record(output, [value], [saved], () => {});
    return output;
  });
  assertEquals(gpu.pool.counters.live - live, sizeClass(4000) + sizeClass(4));
  tape.backward(y);
  assertEquals(gpu.pool.counters.live - live, sizeClass(4));
  tape.end();
  assertEquals(gpu.pool.counters.live, live);
  store.destroy();
});

Deno.test("Tape shows every result and gradient to who observes", async () => {
  const store = await parameter(1);
  const seen: string[] = [];
  const tape = new Tape(await testGpu(), {
    recording: true,
    observe: (tensor, kind) => seen.push(`${kind} ${tensor.label}`),
  });
  tape.backward(scaled(tape, scaled(tape, store.parameters[0].value, 2), 5));
  tape.end();
  assertEquals(seen, ["value 2p", "value 52p", "gradient d_loss", "gradient d_2p"]);
  store.destroy();
});

/**
 * Times of attention at the shapes of training: many short sequences, fewer long ones.
 *
 * @module
 */
import { Gpu } from "../../src/gpu/device.ts";
import { ParameterStore } from "../../src/gpu/parameter_slab.ts";
import { attention, uploadAttentionLayout } from "../../src/ops/attention.ts";
import { Tape } from "../../src/ops/tape.ts";

const SHAPES = [
  { sequences: 128, length: 16, C: 128, H: 2 },
  { sequences: 16, length: 128, C: 128, H: 2 },
  { sequences: 4, length: 512, C: 384, H: 12 },
];
/** Runs of the op per wait for the GPU, which alone takes about 11 ms. */
const RUNS = 20;

const gpu = await Gpu.request();
for (const { sequences, length, C, H } of SHAPES) {
  const rows = sequences * length;
  const starts = Uint32Array.from({ length: sequences + 1 }, (_, i) => i * length);
  const data = new Float32Array(rows * 3 * C).map((_, i) => Math.sin(i));
  const store = new ParameterStore(gpu);
  const parameter = store.declare({
    parts: [{ name: "qkv", shape: [rows, 3 * C] }],
    shape: [rows, 3 * C],
    decay: true,
    initialize: () => data,
  });
  store.allocate(() => null, true);
  for (const backward of [false, true]) {
    const name = `${RUNS} x ${sequences} sequences of ${length}, C ${C}, H ${H}`;
    Deno.bench(`${name}, forward${backward ? " and backward" : ""}`, async () => {
      for (let run = 0; run < RUNS; run++) {
        const tape = new Tape(gpu, { recording: backward });
        const layout = uploadAttentionLayout(tape, starts);
        const context = attention(tape, { qkv: parameter.value, layout, heads: H });
        if (backward) {
          const loss = tape.empty([], "loss");
          tape.record(loss, [context], [], () => gpu.recorder.clear(tape.slot(context)!.gradient));
          tape.backward(loss);
        }
        tape.end();
      }
      await gpu.read(gpu.nothing);
    });
  }
}

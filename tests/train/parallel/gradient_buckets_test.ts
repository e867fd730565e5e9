import { assert, assertEquals } from "@std/assert";
import { ParameterStore } from "../../../src/gpu/parameter_slab.ts";
import { collate } from "../../../src/data/collator.ts";
import { Tape } from "../../../src/ops/tape.ts";
import { gradientBuckets } from "../../../src/train/parallel/gradient_buckets.ts";
import { GradientReadiness } from "../../../src/train/parallel/gradient_readiness.ts";
import { testGpu } from "../../support/gpu.ts";
import { tinyModel } from "../../support/tiny_training.ts";

Deno.test("gradientBuckets() cuts slabs from their ends, and lets what was declared first leave last", async () => {
  const store = new ParameterStore(await testGpu());
  // By turns a weight and a bias, as in layers: they lie in two slabs.
  const sizes = { w0: 192, b0: 64, w1: 128, b1: 64 };
  const names = Object.keys(sizes);
  for (const [name, size] of Object.entries(sizes)) {
    const part = { parts: [{ name, shape: [size] }], shape: [size], decay: size > 64 };
    store.declare({ ...part, initialize: () => new Float32Array(size) });
  }
  store.allocate(() => null, true);
  const found = gradientBuckets([store], 512).map(({ offset, bytes, parameters }) => [
    parameters.map((parameter) => names[store.parameters.indexOf(parameter)]).join(" "),
    offset / 4,
    bytes / 4,
  ]);
  assertEquals(found, [["w1", 192, 128], ["b0 b1", 0, 128], ["w0", 64, 128], ["w0", 0, 64]]);
  store.destroy();
});

Deno.test("gradientBuckets() gives the order in which backward finishes them", async () => {
  const model = await tinyModel(await testGpu());
  const { gpu, store } = model;
  const places = gradientBuckets([store], 4096);
  const readiness = new GradientReadiness(places.map(({ parameters }) => parameters));
  const kind = {};
  const batch = collate([{ name: "text", sequences: [Uint32Array.of(2, 5, 9, 3)] }]);
  /** After how many ops each bucket was finished. */
  const finished = new Array<number>(places.length).fill(Infinity);
  for (let pass = 0; pass < 2; pass++) {
    readiness.begin(kind);
    let op = 0;
    const observe = (_: unknown, what: string) => {
      if (what !== "gradient") return;
      for (const bucket of readiness.next()) finished[bucket] = op;
      op++;
    };
    const tape = new Tape(gpu, { recording: true, observe });
    const found = model.embed(tape, batch);
    tape.backward(found, tape.upload(found.shape, new Float32Array(found.size).fill(1), "ones"));
    tape.end();
    readiness.end();
  }
  const early = finished.filter((op) => op < Infinity);
  assert(places.length > 10 && early.length > 4, `${finished}`);
  assertEquals(finished, finished.toSorted((a, b) => a - b));
  readiness.destroy();
  model.destroy();
});

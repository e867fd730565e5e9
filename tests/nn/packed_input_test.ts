import { assertEquals } from "@std/assert";
import { collate } from "../../src/data/collator.ts";
import { uploadPackedInput } from "../../src/nn/packed_input.ts";
import { Tape } from "../../src/ops/tape.ts";
import { testGpu } from "../support/gpu.ts";

const BATCH = collate([
  { name: "anchor", sequences: [Uint32Array.of(2, 9, 9, 3), Uint32Array.of(2)] },
  { name: "positive", sequences: [Uint32Array.of(2, 3), Uint32Array.of(2, 7, 3)] },
]);

Deno.test("uploadPackedInput() brings ids, positions and starts to the GPU", async () => {
  const gpu = await testGpu();
  const { live } = gpu.pool.counters;
  const tape = new Tape(gpu);
  const input = uploadPackedInput(tape, BATCH);
  assertEquals([...await gpu.readIntegers(input.words.ids)], [2, 9, 9, 3, 2, 2, 3, 2, 7, 3]);
  assertEquals([...await gpu.readIntegers(input.positions.ids)], [0, 1, 2, 3, 0, 0, 1, 0, 1, 2]);
  assertEquals([...await gpu.readIntegers(input.sequenceStarts)], [0, 4, 5, 7, 10]);
  assertEquals(input.attention.sequenceStarts, input.sequenceStarts);
  assertEquals(input.longest, 4);
  tape.end();
  assertEquals(gpu.pool.counters.live, live);
});

Deno.test("uploadPackedInput() tells a recording tape which tokens have which id", async () => {
  const gpu = await testGpu();
  const tape = new Tape(gpu, { recording: true });
  const { words, positions } = uploadPackedInput(tape, BATCH);
  assertEquals([...await gpu.readIntegers(words.distinct)], [2, 3, 7, 9]);
  assertEquals([...await gpu.readIntegers(words.starts)], [0, 4, 7, 8, 10]);
  assertEquals([...await gpu.readIntegers(words.order)], [0, 4, 5, 7, 3, 6, 9, 8, 1, 2]);
  assertEquals([...await gpu.readIntegers(positions.distinct)], [0, 1, 2, 3]);
  assertEquals([...await gpu.readIntegers(positions.starts)], [0, 4, 7, 9, 10]);
  tape.end();
});

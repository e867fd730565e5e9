import { assert, assertEquals, assertThrows } from "@std/assert";
import { collate } from "../../src/data/collator.ts";
import { InputError } from "../../src/errors.ts";
import type { ParameterInit } from "../../src/gpu/parameter_slab.ts";
import { StaticEmbedding } from "../../src/nn/static_embedding.ts";
import { embeddingBag, embeddingBagBackward } from "../reference/embedding_bag.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { givenParameters } from "../support/given_parameters.ts";
import { testGpu } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

Deno.test("StaticEmbedding takes the mean of its rows, of empty texts too", async () => {
  const [V, C] = [6, 8];
  const table = normalValues(V * C, 1);
  const sequences = [[1, 5, 5], [], [2]].map((ids) => Uint32Array.from(ids));
  const batch = collate([{ name: "text", sequences }], null, { allowEmpty: true });
  const dOutput = normalValues(3 * C, 2);
  const declared: ParameterInit[] = [];
  const { y, gradients } = await runOp(await testGpu(), {
    inputs: { "embedding.weight": { shape: [V, C], data: table, parameter: true } },
    forward: (tape, tensors) => {
      declared.length = 0;
      const config = { vocab_size: V, hidden_size: C };
      const store = givenParameters(tensors, declared);
      const module = new StaticEmbedding(store, config, 1);
      assertEquals([module.width, module.vocabularySize], [C, V]);
      return module.forward(tape, batch);
    },
    dOutput,
  });
  const input = { table, ids: batch.ids, sequenceStarts: batch.sequenceStarts, C };
  const tolerance = { absolute: 4 * floatTolerance(3), relative: floatTolerance(3) };
  assertClose(y, embeddingBag(input), { op: "StaticEmbedding", ...tolerance });
  const dTable = embeddingBagBackward(input, dOutput);
  assertClose(gradients["embedding.weight"], dTable, {
    op: "StaticEmbedding dTable",
    ...tolerance,
  });

  const [{ parts, decay, initialize }] = declared;
  assertEquals([parts, decay], [[{ name: "embedding.weight", shape: [V, C] }], true]);
  assert(initialize({ name: "a", shape: [1000] }).some((value) => Math.abs(value) > 2));
});

Deno.test("StaticEmbedding refuses sizes without sense", () => {
  const store = givenParameters({});
  for (const config of [{}, { vocab_size: 0, hidden_size: 4 }, { vocab_size: 5, hidden_size: 6 }]) {
    assertThrows(
      () => new StaticEmbedding(store, config, 1, "c.json"),
      InputError,
      "Cannot read c.json: at ",
    );
  }
});

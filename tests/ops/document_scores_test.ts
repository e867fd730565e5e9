import { assert, assertEquals, assertThrows } from "@std/assert";
import { documentScores, type ScoreMeasure } from "../../src/ops/document_scores.ts";
import { Tape } from "../../src/ops/tape.ts";
import {
  documentScores as reference,
  documentScoresBackward,
} from "../reference/document_scores.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

const MEASURES: readonly ScoreMeasure[] = ["dot", "euclidean", "manhattan"];
const CASES = [
  { B: 1, n: 1, C: 4, lanes: 1 },
  { B: 1, n: 3, C: 8, lanes: 64 },
  { B: 33, n: 2, C: 20, lanes: 1, twice: true },
  { B: 9, n: 5, C: 132, lanes: 32 },
];

Deno.test("documentScores equals its reference, forward and backward", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const measure of MEASURES) {
      for (const test of CASES) {
        const { B, n, C, lanes, twice = false } = test;
        const [queries, documents] = [normalValues(B * C, 1), normalValues(n * B * C, 2)];
        const dOutput = normalValues(B * n, 3);
        const { y, gradients } = await runOp(gpu, {
          inputs: {
            queries: { shape: [B, C], data: queries },
            documents: { shape: [n * B, C], data: documents },
          },
          forward: (tape, tensors) => documentScores(tape, { ...tensors, measure, lanes }),
          dOutput,
          twice,
        });
        const input = { queries, documents, B, C, measure };
        const name = { op: `documentScores ${measure}`, case: JSON.stringify(test) };
        const relative = floatTolerance(C + 4);
        // C products of two normal numbers have a sum of magnitudes of about 0.64 C.
        assertClose(y, reference(input), { ...name, absolute: C * relative, relative });
        const { dQueries, dDocuments } = documentScoresBackward(input, dOutput);
        const size = 2 * 5 * 5 * floatTolerance(C + n);
        const factor = twice ? 2 : 1;
        assertClose(gradients.queries, dQueries.map((g) => factor * g), {
          ...name,
          absolute: size,
          relative: 0,
        });
        assertClose(gradients.documents, dDocuments.map((g) => factor * g), {
          ...name,
          absolute: size,
          relative: 0,
        });
        seen++;
      }
    }
  }
  assertEquals(seen, 24);
});

Deno.test("documentScores is defined where vectors are equal, and keeps a NaN", async () => {
  const run = async (measure: ScoreMeasure, first: number) =>
    await runOp(await testGpu(), {
      inputs: {
        queries: { shape: [1, 4], data: Float64Array.of(first, 2, 3, 4) },
        documents: { shape: [1, 4], data: Float64Array.of(1, 2, 3, 4) },
      },
      forward: (tape, tensors) => documentScores(tape, { ...tensors, measure }),
      dOutput: Float64Array.of(1),
    });
  for (const measure of MEASURES) {
    const { y, gradients } = await run(measure, 1);
    if (measure !== "dot") {
      assertEquals([...gradients.queries, ...gradients.documents].map(Math.abs), Array(8).fill(0));
    }
    assertEquals(y[0] + 0, measure === "dot" ? 30 : 0);
    assert(Number.isNaN((await run(measure, NaN)).y[0]), measure);
  }
});

Deno.test("documentScores refuses documents that do not go round", async () => {
  const tape = new Tape(await testGpu());
  const queries = tape.empty([2, 4], "q");
  for (const [shape, wanted] of [[[3, 4], [2, 4]], [[1, 4], [2, 4]], [[4, 8], [4, 4]]]) {
    assertThrows(
      () => documentScores(tape, { queries, documents: tape.empty(shape, "d"), measure: "dot" }),
      TypeError,
      `found shape [${shape}], wanted [${wanted}]`,
    );
  }
  tape.end();
});

import { assert, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { ContrastiveTensionLoss } from "../../src/losses/contrastive_tension_loss.ts";
import { Tape } from "../../src/ops/tape.ts";
import { contrastiveTensionLoss } from "../reference/losses/contrastive_tension_loss.ts";
import { integerValues, normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { columnRanges, runLoss } from "../support/run_loss.ts";

Deno.test("ContrastiveTensionLoss equals its reference, with the gradient of the copy", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const [B, C] of [[1, 4], [33, 20], [8, 64]]) {
      const [embeddings, twin] = [normalValues(2 * B * C, 1), normalValues(2 * B * C, 2)];
      const labels = Float64Array.from(integerValues(B, 3, 2));
      const { y, gradients } = await runLoss(gpu, new ContrastiveTensionLoss(), {
        B,
        C,
        inputs: { embeddings, twin },
        labels,
      });
      const expected = contrastiveTensionLoss({ embeddings, twin, labels, C });
      const name = { op: "ContrastiveTensionLoss", case: JSON.stringify({ B, C }) };
      // Products have sums of magnitudes of about C.
      const rounding = C * floatTolerance(C + 4) + 2 ** -20;
      assertClose(y, [expected.loss], { ...name, absolute: B * rounding, relative: 0 });
      const close = { ...name, absolute: 5 * rounding, relative: 0 };
      assertClose(gradients.embeddings, expected.dEmbeddings, close);
      assertClose(gradients.twin, expected.dTwin, close);
      seen++;
    }
  }
  assertEquals(seen, 6);
});

Deno.test("ContrastiveTensionLoss stays finite for huge products, and is NaN of a NaN", async () => {
  const run = async (last: number) =>
    (await runLoss(await testGpu(), new ContrastiveTensionLoss(), {
      B: 1,
      C: 4,
      inputs: {
        embeddings: Float64Array.of(0, 0, 0, 0, 1000, 0, 0, last),
        twin: Float64Array.of(80, 0, 0, 0, 0, 0, 0, 0),
      },
      labels: [0],
    })).y[0];
  assertEquals(await run(0), 80000);
  assertEquals(await run(NaN), NaN);
});

Deno.test("ContrastiveTensionLoss has the name of upstream, no options, and wants a copy", () => {
  const loss = new ContrastiveTensionLoss();
  assertEquals([loss.name, loss.config, loss.smoothsLabels], ["ContrastiveTensionLoss", {}, false]);
  assertEquals(loss.wants, { twin: true });
  assert(loss.citation.startsWith("@inproceedings{carlsson2021semantic,"));
  assertThrows(
    () => new ContrastiveTensionLoss({ scale: 1 } as unknown as Record<string, never>),
    UsageError,
    'it has no option "scale"',
  );
});

Deno.test("ContrastiveTensionLoss wants pairs, and whether they are the same text", async () => {
  const loss = new ContrastiveTensionLoss();
  const facts = { width: 1, minimum: 0, maximum: 1, isWhole: true };
  loss.checkColumns(["a", "b"], facts);
  assertThrows(() => loss.checkColumns(["a"], facts), UsageError, 'found as text columns "a"');
  for (
    const labels of [null, { ...facts, width: 2 }, { ...facts, maximum: 2 }, {
      ...facts,
      minimum: -1,
    }]
  ) {
    assertThrows(
      () => loss.checkColumns(["a", "b"], labels),
      UsageError,
      "wanted 1 for each pair of the same text, 0 for all others",
    );
  }
  const tape = new Tape(await testGpu());
  const embeddings = tape.empty([2, 4], "x");
  assertThrows(
    () => loss.forward(tape, { embeddings, columns: columnRanges(2, 1), labels: null }),
    TypeError,
    "wanted labels, and embeddings by the copy of the model",
  );
  tape.end();
});

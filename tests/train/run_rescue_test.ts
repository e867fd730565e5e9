import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { OutputError, UsageError } from "../../src/errors.ts";
import type { Evaluator } from "../../src/evaluators/evaluator.ts";
import { LOCK_NAME } from "../../src/io/output_lock.ts";
import type { ArgumentValues } from "../../src/train/arguments/argument_values.ts";
import type { CallbackMoment, TrainerCallback } from "../../src/train/callbacks/callback.ts";
import { Interruption } from "../../src/train/interruption.ts";
import type { SentenceTransformerTrainer } from "../../src/train/trainer.ts";
import type { TrainerInputs } from "../../src/train/trainer_inputs.ts";
import { testGpu } from "../support/gpu.ts";
import {
  bitsOf,
  destroyTrainer,
  tinyPairs,
  tinyTrainer,
  withoutTimes,
} from "../support/tiny_training.ts";
import { withFolder } from "../support/with_folder.ts";
import { scores } from "./training_probes.ts";

/** Six steps in two epochs; a checkpoint after the fourth and the last. */
const VALUES: Partial<ArgumentValues> = {
  numTrainEpochs: 2,
  loggingSteps: 2,
  evaluationStrategy: "steps",
  evalSteps: 3,
  saveStrategy: "steps",
  saveSteps: 4,
  metricForBestModel: "score",
  learningRate: 1e-2,
};

const SCORES = [1, 2];

type Inputs = Partial<TrainerInputs> & { dropout?: number };

async function withTrainer<T>(
  values: Partial<ArgumentValues>,
  inputs: Inputs,
  use: (trainer: SentenceTransformerTrainer) => Promise<T>,
): Promise<T> {
  const given = { dropout: 0.1, evalDataset: tinyPairs(6, "dev"), ...inputs };
  const trainer = await tinyTrainer(await testGpu(), { ...VALUES, ...values }, given);
  try {
    return await use(trainer);
  } finally {
    await destroyTrainer(trainer);
  }
}

/** What a run comes to: its weights, its log and its best step. */
async function resultOf(trainer: SentenceTransformerTrainer, from: string | null) {
  await trainer.train(from);
  const { logHistory, best } = trainer.state;
  const log = withoutTimes(logHistory).map(({ train_loss: _, ...entry }) => entry);
  return { bits: await bitsOf(trainer.model), log, best: [best?.step, best?.metric] };
}

/** A callback that does something the first time that a moment comes at a step. */
function once(moment: CallbackMoment, step: number, act: () => void): TrainerCallback {
  let isDone = false;
  return {
    name: "once",
    [moment]: ({ state }: { state: { globalStep: number } }) => {
      if (isDone || state.globalStep !== step) return;
      isDone = true;
      act();
    },
  };
}

function checkpoints(outputDir: string): string[] {
  return [...Deno.readDirSync(outputDir)].map(({ name }) => name)
    .filter((name) => name.startsWith("checkpoint-")).sort();
}

Deno.test("a run that is asked to stop goes on as if it had not been, wherever it was asked", async () => {
  await withFolder({}, async (folder) => {
    const whole = await withTrainer(
      { outputDir: join(folder, "whole") },
      { evaluators: [scores(SCORES)] },
      (trainer) => resultOf(trainer, null),
    );
    const moments: [CallbackMoment, number, saved: number | null][] = [
      ["onTrainBegin", 0, null],
      ["onStepBegin", 0, 1],
      ["onOptimizerStep", 1, 2],
      ["onStepEnd", 2, 2],
      // The evaluation after step 3 is left half done, and is done again.
      ["onPredictionStep", 3, 3],
      ["onEvaluate", 3, 3],
      ["onSave", 4, 4],
    ];
    for (const [moment, step, saved] of moments) {
      const outputDir = join(folder, `${moment}-${step}`);
      const controller = new AbortController();
      const callbacks = [once(moment, step, () => controller.abort("a test"))];
      const inputs = { evaluators: [scores(SCORES)], callbacks, signal: controller.signal };
      const checkpoint = await withTrainer({ outputDir }, inputs, async (trainer) => {
        const error = await assertRejects(() => trainer.train(), Interruption, "by a test at step");
        return error.checkpoint;
      });
      assertEquals(
        checkpoint,
        saved === null ? null : join(outputDir, `checkpoint-${saved}`),
        moment,
      );
      const done = step > 3 || moment === "onEvaluate" ? 1 : 0;
      const again = { evaluators: [scores(SCORES.slice(done))] };
      const result = await withTrainer(
        { outputDir },
        again,
        (trainer) => resultOf(trainer, checkpoint),
      );
      assertEquals(result, whole, moment);
    }
  });
});

Deno.test("a run that is asked to stop saves a checkpoint whatever save_strategy says", async () => {
  await withFolder({}, async (outputDir) => {
    const controller = new AbortController();
    const callbacks = [once("onStepEnd", 2, () => controller.abort("a test"))];
    const values = { outputDir, saveStrategy: "no", evaluationStrategy: "no" } as const;
    await withTrainer(values, { callbacks, signal: controller.signal }, async (trainer) => {
      await assertRejects(() => trainer.train(), Interruption, `saved ${outputDir}/checkpoint-2`);
    });
    assertEquals(checkpoints(outputDir), ["checkpoint-2"]);
    await withTrainer(values, { signal: controller.signal }, async (trainer) => {
      await assertRejects(() => trainer.evaluate(), Interruption, "nothing to save");
    });
  });
});

const failing: Evaluator = {
  ...scores([]),
  evaluate: () => {
    throw new TypeError("a defect of the evaluator");
  },
};

Deno.test("an evaluator that throws loses nothing of the run", async () => {
  await withFolder({}, async (folder) => {
    const whole = await withTrainer(
      { outputDir: join(folder, "whole") },
      { evaluators: [scores(SCORES)] },
      (trainer) => resultOf(trainer, null),
    );
    const outputDir = join(folder, "out");
    const checkpoint = join(outputDir, "checkpoint-3");
    await withTrainer({ outputDir }, { evaluators: [failing] }, async (trainer) => {
      const error = await assertRejects(() => trainer.train(), Error);
      assertEquals(
        error.message,
        `a defect of the evaluator; the run up to step 3 is in ${checkpoint}`,
      );
      assert(error.cause instanceof TypeError);
    });
    const inputs = { evaluators: [scores(SCORES)] };
    const result = await withTrainer(
      { outputDir },
      inputs,
      (trainer) => resultOf(trainer, checkpoint),
    );
    assertEquals(result, whole);
  });
});

Deno.test("a callback that throws between steps leaves a checkpoint, within a step names the last", async () => {
  const cases: [CallbackMoment, number, saved: number | null][] = [
    ["onTrainBegin", 0, null],
    ["onStepEnd", 2, 2],
    ["onLog", 2, 2],
    ["onStepBegin", 5, 5],
    // Gradients or half the state of a step are no whole number of steps.
    ["onPreOptimizerStep", 2, null],
    ["onOptimizerStep", 5, 4],
    ["onTrainEnd", 6, 6],
  ];
  const values = { evaluationStrategy: "no", metricForBestModel: null } as const;
  for (const [moment, step, saved] of cases) {
    await withFolder({}, async (outputDir) => {
      const callbacks = [once(moment, step, () => {
        throw new UsageError("a mistake");
      })];
      await withTrainer({ outputDir, ...values }, { callbacks }, async (trainer) => {
        const error = await assertRejects(() => trainer.train(), UsageError);
        const place = `; the run up to step ${saved} is in ${
          join(outputDir, `checkpoint-${saved}`)
        }`;
        assertEquals(
          error.message,
          `Callback once failed in ${moment}: a mistake${saved === null ? "" : place}`,
        );
      });
      const whole = saved === null ? [] : [`checkpoint-${saved}`];
      assertEquals(checkpoints(outputDir).slice(-1), whole, moment);
    });
  }
});

Deno.test("nothing is saved before an error where save_strategy is no", async () => {
  await withFolder({}, async (outputDir) => {
    const callbacks = [once("onStepEnd", 2, () => {
      throw new UsageError("a mistake");
    })];
    const values = { outputDir, saveStrategy: "no", evaluationStrategy: "no" } as const;
    await withTrainer(values, { callbacks }, async (trainer) => {
      const error = await assertRejects(() => trainer.train(), UsageError);
      assertEquals(error.message, "Callback once failed in onStepEnd: a mistake");
    });
    assertEquals(checkpoints(outputDir), []);
  });
});

Deno.test("a run whose directory was removed makes it again, and says so", async () => {
  await withFolder({}, async (folder) => {
    const outputDir = join(folder, "out");
    const lines: string[] = [];
    const callbacks = [once("onStepEnd", 3, () => Deno.removeSync(outputDir, { recursive: true }))];
    const reporters = [{ message: (line: string) => void lines.push(line) }];
    const values = { outputDir, evaluationStrategy: "no" } as const;
    await withTrainer(values, { callbacks, reporters }, async (trainer) => {
      const { saveFailure } = await trainer.train();
      assertEquals(saveFailure, null);
    });
    assertEquals(checkpoints(outputDir), ["checkpoint-4", "checkpoint-6"]);
    assertEquals(lines.filter((line) => line.includes("was removed or unlocked")).length, 1);
    assertEquals([...Deno.readDirSync(outputDir)].some(({ name }) => name === LOCK_NAME), false);
  });
});

Deno.test("a checkpoint that cannot be written ends the run, or is told of, as the inputs say", async () => {
  for (const onSaveFailure of [undefined, "continue"] as const) {
    await withFolder({}, async (folder) => {
      const outputDir = join(folder, "out");
      const lines: string[] = [];
      // From step 5 on a file lies where the directory was.
      const callbacks = [once("onStepEnd", 5, () => {
        Deno.removeSync(outputDir, { recursive: true });
        Deno.writeTextFileSync(outputDir, "");
      })];
      const reporters = [{ message: (line: string) => void lines.push(line) }];
      const inputs = { callbacks, reporters, onSaveFailure };
      const values = { outputDir, evaluationStrategy: "no" } as const;
      await withTrainer(values, inputs, async (trainer) => {
        const reason = new RegExp(`^Cannot write ${outputDir}: .*; there is no checkpoint`);
        if (onSaveFailure === undefined) {
          const error = await assertRejects(() => trainer.train(), OutputError);
          assertMatch(error.message, reason);
          return;
        }
        const { globalStep, saveFailure } = await trainer.train();
        assertEquals(globalStep, 6);
        assertMatch(saveFailure!.message, reason);
        // The last checkpoint and the state of the output directory.
        const told = lines.filter((line) => /^Cannot write .*; training goes on$/.test(line));
        assertEquals(told.length, 2, told.join("\n"));
      });
    });
  }
});

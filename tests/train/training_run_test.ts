import { assert, assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import { join } from "@std/path";
import type { Gpu } from "../../src/gpu/device.ts";
import { samplerOf } from "../../src/data/samplers/sampler.ts";
import { SentenceTransformer } from "../../src/models/sentence_transformer.ts";
import type { ArgumentValues } from "../../src/train/arguments/argument_values.ts";
import type { TrainerCallback } from "../../src/train/callbacks/callback.ts";
import type { SentenceTransformerTrainer } from "../../src/train/trainer.ts";
import type { TrainerInputs } from "../../src/train/trainer_inputs.ts";
import { testGpu } from "../support/gpu.ts";
import { bitsOf, destroyTrainer, tinyPairs, tinyTrainer } from "../support/tiny_training.ts";
import { withFolder } from "../support/with_folder.ts";
import { OverflowingLoss, scores } from "./training_probes.ts";

/** Trains the tiny model on three steps an epoch and looks at the trainer. */
async function train(
  values: Partial<ArgumentValues>,
  inputs: Partial<TrainerInputs>,
  look: (trainer: SentenceTransformerTrainer, gpu: Gpu) => unknown,
): Promise<void> {
  const gpu = await testGpu();
  await withFolder({}, async (folder) => {
    const { live } = gpu.pool.counters;
    const trainer = await tinyTrainer(gpu, { outputDir: join(folder, "out"), ...values }, inputs);
    await trainer.train();
    await look(trainer, gpu);
    await destroyTrainer(trainer);
    // Scalars that the device keeps for whoever asks next: a few of the smallest buffers.
    const left = gpu.pool.counters.live - live;
    assert(left <= 8 * 256, `the run leaves ${left} bytes behind`);
  });
}

/** Writes down where each step lies; `act` may change the course of the run after a step. */
function places(act: TrainerCallback["onStepEnd"] = () => {}) {
  const seen: string[] = [];
  const callback: TrainerCallback = {
    name: "places",
    onEpochBegin: () => void seen.push("("),
    onStepBegin: ({ state: { position: { epoch, index } } }) => void seen.push(`${epoch}.${index}`),
    onStepEnd: act,
    onEpochEnd: () => void seen.push(")"),
  };
  return { callback, told: () => seen.join(" ") };
}

Deno.test("TrainingRun goes through epochs, whole ones and a fraction", async () => {
  const cases = [
    [{ numTrainEpochs: 2 }, "( 0.0 0.1 0.2 ) ( 1.0 1.1 1.2 )", 2],
    [{ numTrainEpochs: 1.5 }, "( 0.0 0.1 0.2 ) ( 1.0 1.1 )", 5 / 3],
    [{ numTrainEpochs: 0.3 }, "( 0.0 )", 1 / 3],
    [{ maxSteps: 2 }, "( 0.0 0.1 )", 2 / 3],
    [{ maxSteps: 4, numTrainEpochs: 1 }, "( 0.0 0.1 0.2 ) ( 1.0 )", 4 / 3],
  ] as const;
  for (const [values, expected, epoch] of cases) {
    const { callback, told } = places();
    await train(values, { callbacks: [callback] }, ({ state, plan }) => {
      assertEquals(told(), expected);
      assertAlmostEquals(state.epoch, epoch, 1e-12);
      assertEquals(state.globalStep, plan.totalSteps);
    });
  }
});

Deno.test("TrainingRun leaves an epoch when shouldEpochStop says so, with workers too", async () => {
  for (const dataloaderNumWorkers of [0, 1]) {
    const { callback, told } = places(({ control, state }) => {
      if (state.globalStep === 2) control.shouldEpochStop = true;
    });
    const values = { numTrainEpochs: 2, dataloaderNumWorkers, loggingSteps: 1 };
    await train(values, { callbacks: [callback] }, ({ state }) => {
      assertEquals(told(), "( 0.0 0.1 ) ( 1.0 1.1 1.2 )");
      assertEquals(state.globalStep, 5);
      const epochs = state.logHistory.flatMap(({ loss, epoch }) => loss === undefined ? [] : epoch);
      assertEquals(epochs, [1 / 3, 2 / 3, 1 + 1 / 3, 1 + 2 / 3, 2]);
    });
  }
});

Deno.test("TrainingRun counts all steps of a run whose epochs were left early", async () => {
  const { callback } = places(({ control }) => void (control.shouldEpochStop = true));
  const values = { numTrainEpochs: 3, loggingStrategy: "no" } as const;
  const losses: number[] = [];
  const counting = { ...values, loggingStrategy: "steps", loggingSteps: 1 } as const;
  await train(counting, { callbacks: [callback] }, ({ state }) => {
    assertEquals(state.globalStep, 3);
    losses.push(state.meanLoss);
  });
  // Whether losses are logged does not matter to their mean.
  await train(values, { callbacks: [callback] }, ({ state }) => losses.push(state.meanLoss));
  assert(losses[0] > 0);
  assertEquals(losses[1], losses[0]);
});

Deno.test("TrainingRun ends when shouldTrainingStop says so, after a last look", async () => {
  const { callback, told } = places(({ control, state }) => {
    if (state.globalStep === 2) control.shouldTrainingStop = true;
  });
  const values = {
    numTrainEpochs: 3,
    evaluationStrategy: "epoch",
    saveStrategy: "epoch",
    loggingStrategy: "epoch",
  } as const;
  await train(values, { callbacks: [callback], evalDataset: tinyPairs(4, "dev") }, async ({
    state,
    args,
  }) => {
    assertEquals(told(), "( 0.0 0.1 )");
    const keys = state.logHistory.map((entry) => Object.keys(entry)[0]);
    assertEquals(keys, ["loss", "eval_loss", "train_runtime"]);
    assert((await Deno.stat(join(args.outputDir, "checkpoint-2"))).isDirectory);
  });
});

Deno.test("TrainingRun averages a short last group over its own batches", async () => {
  // Five batches in groups of two: the last group is one batch.
  const rows = [0, 2, 4, 6, 8].map((row) => Uint32Array.of(row, row + 1));
  const order = (take: readonly number[]): Partial<TrainerInputs> => ({
    batchSampler: (_, options) => samplerOf(options, () => take.map((i) => rows[i])),
  });
  const values = { numTrainEpochs: 1, optim: "sgd", loggingSteps: 1, maxGradNorm: 0 } as const;
  const norms = async (accumulation: number, take: readonly number[]) => {
    let found: number[] = [];
    const learningRate = 0; // The gradients are those of the first weights.
    await train(
      { ...values, learningRate, gradientAccumulationSteps: accumulation },
      order(take),
      ({ state }) => {
        found = state.logHistory.flatMap(({ grad_norm }) =>
          grad_norm === undefined ? [] : grad_norm
        )
          .map(Number);
      },
    );
    return found;
  };
  const alone = await norms(1, [4]);
  const groups = await norms(2, [0, 1, 2, 3, 4]);
  assertEquals(groups.length, 3);
  assertEquals(groups[2], alone[0]);
  // Equal batches: their mean is one of them, however many there are.
  assertEquals(await norms(2, [4, 4, 4]), [alone[0], alone[0]]);
});

Deno.test("TrainingRun keeps losses that are not finite out of the log, or lets them in", async () => {
  const logged = async (loggingNanInfFilter: boolean) => {
    let found: unknown[] = [];
    const values = { maxSteps: 3, loggingSteps: 3, loggingNanInfFilter, fp16: true };
    await train(values, { loss: new OverflowingLoss(2) }, ({ state }) => {
      found = [state.logHistory[0].loss, state.meanLoss];
    });
    return found;
  };
  const [loss, mean] = await logged(true);
  assert(Number.isFinite(loss) && Number(loss) > 0, String(loss));
  assertEquals(mean, loss);
  assertEquals((await logged(false)).map(Number.isFinite), [false, false]);
});

Deno.test("TrainingRun evaluates and saves at its end, wherever that is", async () => {
  const values = {
    maxSteps: 5,
    evaluationStrategy: "steps",
    evalSteps: 2,
    saveStrategy: "steps",
    saveSteps: 4,
  } as const;
  await train(values, { evaluators: [scores([1, 2, 3])] }, ({ state, latestEvaluation, args }) => {
    const judged = state.logHistory.filter((entry) => "eval_score" in entry);
    assertEquals(judged.map(({ step, eval_score }) => [step, eval_score]), [[2, 1], [4, 2], [
      5,
      3,
    ]]);
    const names = [...Deno.readDirSync(args.outputDir)].map(({ name }) => name).sort();
    assertEquals(names, [
      "checkpoint-4",
      "checkpoint-5",
      "eval",
      "trainer_state.json",
      "training_log.jsonl",
    ]);
    assertEquals(latestEvaluation?.eval_score, 3);
  });
});

Deno.test("TrainingRun tells what was evaluated at the present step, else nothing", async () => {
  const values = { maxSteps: 3, evaluationStrategy: "epoch" } as const;
  const callback: TrainerCallback = {
    name: "stop",
    onStepEnd: ({ control, state }) => {
      if (state.globalStep === 1) control.shouldEvaluate = true;
    },
  };
  const inputs = { evaluators: [scores([1, 2])], callbacks: [callback] };
  await train(values, inputs, ({ latestEvaluation }) => {
    assertEquals(latestEvaluation?.eval_score, 2);
  });
  const without = { evaluators: [scores([1])], callbacks: [callback] };
  await train({ maxSteps: 3 }, without, ({ latestEvaluation }) => {
    assertEquals(latestEvaluation, null);
  });
});

Deno.test("TrainingRun tells onTrainEnd when the best model is back, and no sooner", async () => {
  const seen: Record<string, Uint32Array>[] = [];
  const looks: TrainerCallback = {
    name: "looks",
    onStepEnd: async ({ model, state }) => {
      if (state.globalStep === 4) seen.push(await bitsOf(model));
    },
    onTrainEnd: async ({ model }) => void seen.push(await bitsOf(model)),
  };
  const values = {
    maxSteps: 4,
    evaluationStrategy: "steps",
    evalSteps: 1,
    saveStrategy: "steps",
    saveSteps: 1,
    loadBestModelAtEnd: true,
    metricForBestModel: "score",
  } as const;
  const inputs = { evaluators: [scores([1, 3, 2, 2])], callbacks: [looks] };
  await train(values, inputs, async ({ state, args }, gpu) => {
    assertEquals([state.best!.step, state.best!.metric], [2, 3]);
    const best = await SentenceTransformer.load(gpu, join(args.outputDir, "checkpoint-2"));
    assertEquals(seen[1], await bitsOf(best));
    assertNotEquals(seen[0], seen[1]);
    best.destroy();
  });
});

Deno.test("TrainingRun keeps the best checkpoint although better models were not saved", async () => {
  // Steps 2 and 4 are saved; step 3 is the best of all, step 2 the best of those that are there.
  const values = {
    maxSteps: 4,
    evaluationStrategy: "steps",
    evalSteps: 1,
    saveStrategy: "steps",
    saveSteps: 2,
    saveTotalLimit: 1,
    loadBestModelAtEnd: true,
    metricForBestModel: "score",
  } as const;
  await train(values, { evaluators: [scores([1, 3, 4, 2])] }, async (trainer, gpu) => {
    const { outputDir } = trainer.args;
    const names = [...Deno.readDirSync(outputDir)].map(({ name }) => name).sort();
    assertEquals(names, ["checkpoint-2", "eval", "trainer_state.json", "training_log.jsonl"]);
    const kept = await SentenceTransformer.load(gpu, join(outputDir, "checkpoint-2"));
    assertEquals(await bitsOf(trainer.model), await bitsOf(kept));
    kept.destroy();
  });
});

Deno.test("TrainingRun names the losses of several datasets, and their mean eval_loss", async () => {
  const values = { maxSteps: 1, evaluationStrategy: "steps", evalSteps: 1 } as const;
  const evalDataset = { a: tinyPairs(4), b: tinyPairs(2) };
  await train(values, { evalDataset }, ({ latestEvaluation }) => {
    const { eval_loss, eval_a_loss, eval_b_loss } = latestEvaluation!;
    assertAlmostEquals(eval_loss, (4 * eval_a_loss + 2 * eval_b_loss) / 6, 1e-12);
  });
});

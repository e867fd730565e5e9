import { assert, assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import { join } from "@std/path";
import { samplerOf } from "../../src/data/samplers/sampler.ts";
import type { EmbeddedBatch } from "../../src/losses/loss.ts";
import { MultipleNegativesRankingLoss } from "../../src/losses/multiple_negatives_ranking_loss.ts";
import type { Tape } from "../../src/ops/tape.ts";
import { SentenceTransformer } from "../../src/models/sentence_transformer.ts";
import type { ArgumentValues } from "../../src/train/arguments/argument_values.ts";
import { EarlyStoppingCallback } from "../../src/train/callbacks/early_stopping_callback.ts";
import type { SentenceTransformerTrainer } from "../../src/train/trainer.ts";
import type { TrainerInputs } from "../../src/train/trainer_inputs.ts";
import { testGpu } from "../support/gpu.ts";
import {
  bitsOf,
  destroyTrainer,
  tinyModel,
  tinyPairs,
  tinyTrainer,
} from "../support/tiny_training.ts";
import { withFolder } from "../support/with_folder.ts";
import { scores } from "./training_probes.ts";

/** Trains the tiny model and looks at the trainer. */
async function train(
  values: Partial<ArgumentValues>,
  inputs: Partial<TrainerInputs>,
  look: (trainer: SentenceTransformerTrainer) => unknown,
  resumeFrom: string | null = null,
): Promise<void> {
  await withFolder({}, async (outputDir) => {
    const trainer = await tinyTrainer(await testGpu(), { outputDir, ...values }, inputs);
    await trainer.train(resumeFrom);
    await look(trainer);
    await destroyTrainer(trainer);
  });
}

const JUDGED = {
  maxSteps: 8,
  evaluationStrategy: "steps",
  evalSteps: 1,
  metricForBestModel: "score",
} as const;
const BEST = { ...JUDGED, saveStrategy: "steps", saveSteps: 1, loadBestModelAtEnd: true } as const;

function checkpointsOf({ args: { outputDir } }: SentenceTransformerTrainer): number[] {
  return [...Deno.readDirSync(outputDir)]
    .flatMap(({ name }) => /^checkpoint-(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number).sort((a, b) => a - b);
}

Deno.test("EarlyStoppingCallback ends the run when patience is at its end", async () => {
  // Better at 1, 2 and 4; not enough at 5, then not at all.
  const evaluators = () => [scores([1, 2, 1, 3, 3.05, 2, 1, 1])];
  const cases = [[1, 0, 3], [2, 0, 7], [2, 0.1, 6], [3, 0, 8]] as const;
  for (const [earlyStoppingPatience, earlyStoppingThreshold, end] of cases) {
    const options = { earlyStoppingPatience, earlyStoppingThreshold };
    const callbacks = [new EarlyStoppingCallback(options)];
    await train(
      { ...BEST, saveStrategy: "best" },
      { evaluators: evaluators(), callbacks },
      ({ state }) => {
        assertEquals(state.globalStep, end, JSON.stringify(options));
      },
    );
  }
});

Deno.test("EarlyStoppingCallback goes on counting where its checkpoint stopped", async () => {
  const gpu = await testGpu();
  await withFolder({}, async (folder) => {
    const run = async (name: string, values: number[], from: string | null) => {
      const trainer = await tinyTrainer(gpu, { ...BEST, outputDir: join(folder, name) }, {
        evaluators: [scores(values)],
        callbacks: [new EarlyStoppingCallback({ earlyStoppingPatience: 3 })],
      });
      await trainer.train(from && join(folder, "whole", from));
      const { globalStep, best } = trainer.state;
      await destroyTrainer(trainer);
      return [globalStep, best!.step];
    };
    assertEquals(await run("whole", [1, 4, 3, 2, 1], null), [5, 2]);
    assertEquals(await run("from-3", [2, 1], "checkpoint-3"), [5, 2]);
    assertEquals(await run("from-4", [1], "checkpoint-4"), [5, 2]);
  });
});

Deno.test('save_strategy "best" writes the steps that are better than all before', async () => {
  const values = { ...JUDGED, saveStrategy: "best" } as const;
  const evaluators = () => [scores([2, 1, 3, 3, 2, NaN, 5, 4])];
  await train(values, { evaluators: evaluators() }, (trainer) => {
    assertEquals(checkpointsOf(trainer), [1, 3, 7]);
    assertEquals(trainer.state.best!.step, 7);
  });
  const fewer = { ...values, greaterIsBetter: false, saveTotalLimit: 1 };
  await train(fewer, { evaluators: evaluators() }, (trainer) => {
    assertEquals(checkpointsOf(trainer), [2]);
  });
});

Deno.test("load_best_model_at_end follows one of several evaluation datasets", async () => {
  const inputs = { evalDataset: { a: tinyPairs(4), b: tinyPairs(6) } };
  // A rate that rises until training comes apart: an early step is the best.
  const values = {
    ...BEST,
    maxSteps: 5,
    learningRate: 0.3,
    lrSchedulerType: "constant_with_warmup",
    warmupSteps: 5,
  } as const;
  const best = new Map<string, number>();
  for (const metricForBestModel of ["eval_a_loss", "b_loss", "loss"]) {
    const key = metricForBestModel.replace(/^(eval_)?/, "eval_");
    await train({ ...values, metricForBestModel }, inputs, async ({ state, model, args }) => {
      const judged = state.logHistory.filter((entry) => key in entry);
      const least = Math.min(...judged.map((entry) => Number(entry[key])));
      assertEquals(state.best!.metric, least);
      assert(state.best!.step < 5);
      const folder = join(args.outputDir, `checkpoint-${state.best!.step}`);
      const kept = await SentenceTransformer.load(model.gpu, folder);
      assertEquals(await bitsOf(model), await bitsOf(kept));
      kept.destroy();
      best.set(metricForBestModel, state.best!.metric);
    });
  }
  assertEquals(new Set(best.values()).size, 3);
});

Deno.test("reduce_lr_on_plateau lowers the rate after evaluations that are no better", async () => {
  const rates = async (values: Partial<ArgumentValues>, found: number[]) => {
    let seen: unknown[] = [];
    const all = { ...JUDGED, maxSteps: found.length, loggingSteps: 1, learningRate: 0.5 };
    await train({ ...all, ...values }, { evaluators: [scores(found)] }, ({ state }) => {
      seen = state.logHistory.flatMap(({ learning_rate }) => learning_rate ?? []);
    });
    return seen;
  };
  const kwargs = { patience: 0, factor: 0.5, mode: "max" };
  const plateau = { lrSchedulerType: "reduce_lr_on_plateau", lrSchedulerKwargs: kwargs } as const;
  // The third and fourth evaluations are bad: steps 4 and 5 have lower rates.
  assertEquals(await rates(plateau, [1, 2, 1, 1, 3, 4]), [0.5, 0.5, 0.5, 0.25, 0.125, 0.125]);
  const greedy = {
    lrSchedulerType: "greedy",
    lrSchedulerKwargs: { ...kwargs, min_lr: 0.01 },
  } as const;
  // A good one doubles the rate, up to max_lr.
  assertEquals(await rates(greedy, [1, 1, 1, 2, 3, 4]), [0.5, 1, 0.5, 0.25, 0.5, 1]);
});

Deno.test("learning_rate_mapping trains the matched parameters alone where the rate is 0", async () => {
  const model = await tinyModel(await testGpu());
  const before = await bitsOf(model);
  model.destroy();
  const values = {
    maxSteps: 2,
    learningRate: 0,
    learningRateMapping: { "layer\\.0\\.attention": 1e-2 },
  };
  await train(values, {}, async ({ model }) => {
    const after = await bitsOf(model);
    const changed = Object.keys(after).filter((name) =>
      after[name].some((word, i) => word !== before[name][i])
    );
    assert(changed.length > 4, changed.join());
    assertEquals(changed.filter((name) => !name.includes("layer.0.attention")), []);
  });
});

Deno.test("prompts in each of their forms go before the texts that they are for", async () => {
  const trainDataset = { a: tinyPairs(8), b: tinyPairs(4) };
  const tokens = async (prompts: ArgumentValues["prompts"]) => {
    let seen = 0;
    await train({ prompts, numTrainEpochs: 1 }, { trainDataset }, ({ state }) => {
      seen = state.tokensSeen;
    });
    return seen;
  };
  const none = await tokens(null);
  // "x y " is two tokens; a has eight rows of two texts, b four.
  const cases: [NonNullable<ArgumentValues["prompts"]>, number][] = [
    ["x y ", 2 * 2 * 12],
    [{ positive: "x y " }, 2 * 12],
    [{ b: "x y " }, 2 * 2 * 4],
    [{ a: { anchor: "x y " } }, 2 * 8],
    [{ a: { anchor: "x y " }, b: { anchor: "x ", positive: "x y z " } }, 2 * 8 + 4 * 4],
    [{ anchor: "x ", b: "x y " }, 8 + 2 * 2 * 4],
  ];
  for (const [prompts, more] of cases) {
    assertEquals(await tokens(prompts), none + more, JSON.stringify(prompts));
  }
});

/** The ranking loss; it writes down how many rows each batch has. */
class WatchedLoss extends MultipleNegativesRankingLoss {
  readonly batches: number[] = [];
  override forward(tape: Tape, batch: EmbeddedBatch) {
    this.batches.push(batch.columns[0].count);
    return super.forward(tape, batch);
  }
}

Deno.test("a batch sampler of one's own divides the rows", async () => {
  const asked: unknown[] = [];
  const loss = new WatchedLoss();
  const batchSampler: TrainerInputs["batchSampler"] = ({ name, length }, options) => {
    asked.push([name, length, options]);
    return samplerOf(options, (epoch) => [
      Uint32Array.from({ length: epoch + 2 }, (_, row) => row),
      Uint32Array.of(length - 2, length - 1, 0),
    ]);
  };
  const values = { numTrainEpochs: 2, seed: 9, dataloaderDropLast: true };
  await train(values, { batchSampler, loss }, ({ state }) => {
    assertEquals(state.globalStep, 4);
    assertEquals(asked, [["pairs", 12, { batchSize: 4, dropLast: true, seed: 9 }]]);
    assertEquals(loss.batches, [2, 3, 3, 3]);
  });
});

Deno.test("an order of one's own says which dataset each batch is of", async () => {
  const loss = { a: new WatchedLoss(), b: new WatchedLoss() };
  const told: string[] = [];
  for (const name of ["a", "b"] as const) {
    const { forward } = loss[name];
    loss[name].forward = (tape, batch) => {
      told.push(name);
      return forward.call(loss[name], tape, batch);
    };
  }
  const inputs: Partial<TrainerInputs> = {
    trainDataset: { a: tinyPairs(8), b: tinyPairs(4) },
    loss,
    multiDatasetBatchSampler: (samplers) => (epoch) => {
      assertEquals(samplers.map((sampler) => sampler.steps(epoch)), [2, 1]);
      return epoch === 0 ? [1, 0, 1, 0] : [0, 1];
    },
  };
  await train({ numTrainEpochs: 2 }, inputs, ({ state }) => {
    assertEquals(state.globalStep, 6);
    assertEquals(told.join(""), "babaab");
  });
});

Deno.test("full_determinism looks at the gradients first, and changes nothing", async () => {
  const weights: unknown[] = [];
  for (const fullDeterminism of [true, false]) {
    for (const dataloaderNumWorkers of [0, 1]) {
      const values = { maxSteps: 3, fullDeterminism, dataloaderNumWorkers };
      await train(values, {}, async ({ model, state }) => {
        weights.push(await bitsOf(model));
        assertAlmostEquals(state.epoch, 1, 1e-12);
      });
    }
  }
  assertEquals(weights.length, 4);
  for (const found of weights.slice(1)) assertEquals(found, weights[0]);
  await train({ maxSteps: 3, seed: 1 }, {}, async ({ model }) => {
    assertNotEquals(await bitsOf(model), weights[0]);
  });
});

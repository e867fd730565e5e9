import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { join } from "@std/path";
import { DeviceError, UsageError } from "../../src/errors.ts";
import { MultipleNegativesRankingLoss } from "../../src/losses/multiple_negatives_ranking_loss.ts";
import type { ArgumentValues } from "../../src/train/arguments/argument_values.ts";
import type { CallbackMoment, TrainerCallback } from "../../src/train/callbacks/callback.ts";
import type { SentenceTransformerTrainer } from "../../src/train/trainer.ts";
import type { TrainerInputs } from "../../src/train/trainer_inputs.ts";
import { testGpu } from "../support/gpu.ts";
import { bitsOf, destroyTrainer, tinyPairs, tinyTrainer } from "../support/tiny_training.ts";
import { withFolder } from "../support/with_folder.ts";
import { failureOf, momentsInto, scores } from "./training_probes.ts";

/** Makes a trainer of the tiny model, uses it and frees it. */
async function withTrainer(
  values: Partial<ArgumentValues>,
  inputs: Partial<TrainerInputs>,
  use: (trainer: SentenceTransformerTrainer) => Promise<void>,
): Promise<void> {
  await withFolder({}, async (outputDir) => {
    const trainer = await tinyTrainer(await testGpu(), { outputDir, ...values }, inputs);
    try {
      await use(trainer);
    } finally {
      await destroyTrainer(trainer);
    }
  });
}

const DEV = { evalDataset: tinyPairs(6, "dev") };

Deno.test("SentenceTransformerTrainer adds and removes callbacks", async () => {
  class Counter implements TrainerCallback {
    static made = 0;
    steps = 0;
    constructor() {
      Counter.made++;
    }
    onStepEnd(): void {
      this.steps++;
    }
  }
  const [first, second] = [new Counter(), new Counter()];
  await withTrainer({ maxSteps: 2 }, { callbacks: [first] }, async (trainer) => {
    trainer.addCallback(Counter);
    assertEquals(Counter.made, 3);
    trainer.addCallback(second);
    assertEquals(trainer.removeCallback(Counter), true);
    assertEquals(trainer.removeCallback(first), false);
    await trainer.train();
    assertEquals([first.steps, second.steps], [0, 2]);
    assertEquals([trainer.removeCallback(second), trainer.removeCallback(second)], [true, false]);
  });
});

Deno.test("SentenceTransformerTrainer tells warnings and onInitEnd once", async () => {
  const lines: string[] = [];
  const told: string[] = [];
  const inputs = {
    ...DEV,
    reporters: [{ message: (line: string) => void lines.push(line) }],
    callbacks: [momentsInto(told)],
  };
  const values = { maxSteps: 1, warmupSteps: 1, warmupRatio: 0.5 };
  await withTrainer(values, inputs, async (trainer) => {
    assertEquals(trainer.args.warnings.length, 1);
    assertEquals([lines, told], [[], []]);
    await trainer.evaluate();
    assertEquals(lines, trainer.args.warnings);
    await trainer.train();
    await trainer.evaluate();
    assertEquals(lines, trainer.args.warnings);
    assertEquals(told.filter((moment) => moment === "onInitEnd").length, 1);
    assertEquals(told[0], "onInitEnd");
  });
});

Deno.test("SentenceTransformerTrainer evaluates before it trains, without a trace in training", async () => {
  const weights: unknown[] = [];
  for (const evaluates of [false, true]) {
    await withTrainer({ maxSteps: 2, dataloaderNumWorkers: 1 }, DEV, async (trainer) => {
      assertEquals(trainer.latestEvaluation, null);
      if (evaluates) {
        const metrics = await trainer.evaluate();
        assert(metrics.eval_loss > 0);
        assertStrictEquals(trainer.latestEvaluation, metrics);
        assertEquals(trainer.state.logHistory.map(({ step, epoch }) => [step, epoch]), [[0, 0]]);
        // An evaluation by hand is not one of those from which the best is chosen.
        assertEquals(trainer.state.best, null);
      }
      await trainer.train();
      weights.push(await bitsOf(trainer.model));
    });
  }
  assertEquals(weights[1], weights[0]);
});

Deno.test("SentenceTransformerTrainer trains again from the start when it is told to twice", async () => {
  await withTrainer({ maxSteps: 2, loggingSteps: 1 }, {}, async (trainer) => {
    await trainer.train();
    const after = await bitsOf(trainer.model);
    const { globalStep, metrics } = await trainer.train();
    assertEquals(globalStep, 2);
    // Two steps more, on the model as it was left, with a log of their own.
    assert(metrics.train_steps_per_second > 0, "no step was done");
    assertEquals(trainer.state.logHistory.map(({ step }) => step), [1, 2, 2]);
    const again = await bitsOf(trainer.model);
    assert(
      Object.keys(after).some((name) => after[name].some((word, i) => word !== again[name][i])),
    );
  });
});

Deno.test("SentenceTransformerTrainer goes on from a checkpoint after it has trained", async () => {
  const values = { maxSteps: 4, saveStrategy: "steps", saveSteps: 2 } as const;
  await withTrainer(values, { dropout: 0.1 } as never, async (trainer) => {
    await trainer.train();
    const whole = await bitsOf(trainer.model);
    const { logHistory } = trainer.state;
    await trainer.train(join(trainer.args.outputDir, "checkpoint-2"));
    assertEquals(await bitsOf(trainer.model), whole);
    assertEquals(trainer.state.logHistory.length, logHistory.length);
  });
});

Deno.test("SentenceTransformerTrainer goes on whatever the order of keys in its arguments", async () => {
  // trainer_state.json sorts them.
  const values = { maxSteps: 2, saveStrategy: "steps", saveSteps: 1 } as const;
  const prompts = { positive: "x ", anchor: "y " };
  await withTrainer({ ...values, prompts }, {}, async (trainer) => {
    await trainer.train();
    const checkpoint = join(trainer.args.outputDir, "checkpoint-1");
    assertEquals(await failureOf(trainer.train(checkpoint)), "no failure");
  });
});

Deno.test("SentenceTransformerTrainer counts the rows of this training alone", async () => {
  const values = { maxSteps: 4, saveStrategy: "steps", saveSteps: 2 } as const;
  await withTrainer(values, {}, async (trainer) => {
    await trainer.train();
    const { metrics } = await trainer.train(join(trainer.args.outputDir, "checkpoint-2"));
    const rows = metrics.train_samples_per_second * metrics.train_runtime;
    assertEquals(Math.round(rows), 2 * 4);
  });
});

Deno.test("memory metrics have a key for each stage, and the peak of training is its own", async () => {
  const peaks: number[] = [];
  const keys = (stage: string) =>
    ["cpu_alloc", "gpu_alloc", "cpu_peaked", "gpu_peaked"].map((key) =>
      `${stage}_mem_${key}_delta`
    );
  for (const evaluationStrategy of ["no", "steps"] as const) {
    const values = { maxSteps: 3, skipMemoryMetrics: false, evaluationStrategy, evalSteps: 1 };
    await withTrainer(values, { evalDataset: tinyPairs(2, "dev") }, async (trainer) => {
      const { metrics } = await trainer.train();
      for (const key of keys("train")) assert(key in metrics, key);
      peaks.push(metrics.train_mem_gpu_peaked_delta);
      const after = await trainer.evaluate();
      for (const key of keys("eval")) assert(key in after, key);
      assert(after.eval_mem_gpu_peaked_delta > 0);
      assertEquals(keys("train").filter((key) => key in after), []);
    });
  }
  assert(peaks[0] > 0);
  // An evaluation in between takes less than a step; it must not hide what the steps took.
  assertEquals(peaks[1], peaks[0]);
});

Deno.test("a run goes on without its best checkpoint where that is gone", async () => {
  const values = {
    maxSteps: 4,
    evaluationStrategy: "steps",
    evalSteps: 1,
    saveStrategy: "steps",
    saveSteps: 1,
    loadBestModelAtEnd: true,
    metricForBestModel: "score",
  } as const;
  await withFolder({}, async (folder) => {
    const gpu = await testGpu();
    const run = async (outputDir: string, found: number[], from: string | null) => {
      const trainer = await tinyTrainer(gpu, { ...values, outputDir }, {
        evaluators: [scores(found)],
      });
      const failure = await failureOf(trainer.train(from));
      await destroyTrainer(trainer);
      return failure;
    };
    const [before, after] = [join(folder, "before"), join(folder, "after")];
    assertEquals(await run(before, [1, 3, 2, 2], null), "no failure");
    await Deno.rename(before, after);
    // Its state still names before/checkpoint-2: nothing that is left to do may fail of that.
    assertEquals(await run(after, [2], join(after, "checkpoint-3")), "no failure");
  });
});

Deno.test("a training that a callback ended can be repeated, and leaves nothing behind", async () => {
  const gpu = await testGpu();
  const plain: unknown[] = [];
  const values = { maxSteps: 2, gradientAccumulationSteps: 2, saveStrategy: "no" } as const;
  await withTrainer(values, {}, async (trainer) => {
    await trainer.train();
    plain.push(await bitsOf(trainer.model));
  });
  const moments: CallbackMoment[] = ["onSubstepEnd", "onPreOptimizerStep", "onStepBegin"];
  const wrong: string[] = [];
  for (const moment of moments) {
    const { live } = gpu.pool.counters;
    let calls = 0;
    const fails = {
      name: "fails",
      [moment]: () => {
        if (++calls === 1) throw new UsageError("not now");
      },
    };
    await withTrainer(values, { callbacks: [fails] }, async (trainer) => {
      await assertRejects(() => trainer.train(), UsageError, "Callback fails failed in");
      await trainer.train();
      const bits = await bitsOf(trainer.model);
      const same = JSON.stringify(bits) === JSON.stringify(plain[0]);
      if (!same) wrong.push(`${moment}: other weights`);
    });
    const left = gpu.pool.counters.live - live;
    if (left > 0) wrong.push(`${moment}: ${left} bytes left`);
  }
  assertEquals(wrong, []);
});

Deno.test("a training with loss scaling that failed among unread steps can be repeated", async () => {
  const gpu = await testGpu();
  const { live } = gpu.pool.counters;
  // Five rates, and steps that are not read back: what is scheduled outgrows its first buffer.
  const learningRateMapping = { bias: 1e-3, query: 1e-3, word: 1e-3, position: 1e-3 };
  const values = {
    maxSteps: 8,
    fp16: true,
    loggingStrategy: "no",
    learningRateMapping,
  } as const;
  let calls = 0;
  const fails = {
    name: "fails",
    onStepEnd: () => {
      if (++calls === 7) throw new UsageError("not now");
    },
  };
  await withTrainer(values, { callbacks: [fails] }, async (trainer) => {
    await assertRejects(() => trainer.train(), UsageError, "not now");
    const { metrics } = await trainer.train();
    assert(metrics.train_loss > 0);
  });
  assertEquals(gpu.pool.counters.live, live);
});

Deno.test("an evaluation that fails leaves no memory behind, and the next one works", async () => {
  const gpu = await testGpu();
  const loss = new MultipleNegativesRankingLoss();
  const { forward } = loss;
  await withTrainer({}, { ...DEV, loss }, async (trainer) => {
    const { eval_loss } = await trainer.evaluate();
    const { live } = gpu.pool.counters;
    loss.forward = () => {
      throw new DeviceError("not now");
    };
    await assertRejects(() => trainer.evaluate(), DeviceError, "not now");
    loss.forward = forward;
    assertEquals(gpu.pool.counters.live, live);
    assertEquals((await trainer.evaluate()).eval_loss, eval_loss);
  });
});

Deno.test("SentenceTransformerTrainer can be freed twice", async () => {
  await withTrainer({}, {}, async (trainer) => {
    await trainer.destroy();
  });
});

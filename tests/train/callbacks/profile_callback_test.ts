import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { OutputError, UsageError } from "../../../src/errors.ts";
import type { ChromeTrace } from "../../../src/gpu/chrome_trace.ts";
import { Gpu } from "../../../src/gpu/device.ts";
import { Recorder } from "../../../src/gpu/recorder.ts";
import type { ArgumentValues } from "../../../src/train/arguments/argument_values.ts";
import type { TrainerCallback } from "../../../src/train/callbacks/callback.ts";
import {
  ProfileCallback,
  type ProfileOptions,
} from "../../../src/train/callbacks/profile_callback.ts";
import { bitsOf, destroyTrainer, tinyPairs, tinyTrainer } from "../../support/tiny_training.ts";
import { withFolder } from "../../support/with_folder.ts";

/** Twelve steps in all, three an epoch. */
const ARGS: Partial<ArgumentValues> = { numTrainEpochs: 4 };

interface Profiled {
  trace: ChromeTrace | null;
  tables: string[];
  bits: Record<string, Uint32Array>;
}

/** Trains the tiny BERT with callbacks, the one that profiles among them where there are options. */
async function trained(
  folder: string,
  options: Partial<ProfileOptions> | null,
  { args = {}, callbacks = [], timestamps = true }: {
    args?: Partial<ArgumentValues>;
    callbacks?: TrainerCallback[];
    timestamps?: boolean;
  } = {},
): Promise<Profiled> {
  const gpu = await Gpu.request();
  if (!timestamps) gpu.startProfiler = () => null;
  const file = join(folder, "traces/trace.json");
  const tables: string[] = [];
  const profile = options && new ProfileCallback({
    ...{ file, print: (text: string) => tables.push(text) },
    ...options,
  });
  const outputDir = join(folder, "out");
  const trainer = await tinyTrainer(gpu, { ...ARGS, outputDir, ...args }, {
    callbacks: [...callbacks, ...(profile === null ? [] : [profile])],
    evalDataset: tinyPairs(4, "dev"),
    dropout: 0.1,
  });
  try {
    await trainer.train();
    assertEquals([gpu.recorder.spans, gpu.recorder.profiler], [null, null]);
    const text = await Deno.readTextFile(file).catch(() => null);
    return { trace: text && JSON.parse(text), tables, bits: await bitsOf(trainer.model) };
  } finally {
    await destroyTrainer(trainer);
    gpu.destroy();
  }
}

/** Labels of the kernels that run between the beginnings of two steps. */
function observed(first: number, steps: number): { labels: string[]; callback: TrainerCallback } {
  const labels: string[] = [];
  const own = Recorder.prototype.dispatch;
  const callback: TrainerCallback = {
    onStepBegin: ({ state: { globalStep } }) => {
      if (globalStep + 1 === first) {
        Recorder.prototype.dispatch = function (kernel, dispatch) {
          labels.push(kernel.label);
          own.call(this, kernel, dispatch);
        };
      } else if (globalStep + 1 === first + steps) Recorder.prototype.dispatch = own;
    },
  };
  return { labels, callback };
}

Deno.test("ProfileCallback changes no weight, and its trace has every kernel of its steps once", async () => {
  await withFolder({}, async (folder) => {
    const { labels, callback } = observed(4, 5);
    const options = { firstStep: 4, steps: 5 };
    const plain = await trained(folder, null);
    const profiled = await trained(folder, options, { callbacks: [callback] });
    assertEquals(profiled.bits, plain.bits);
    const { traceEvents, otherData } = profiled.trace!;
    assertEquals(otherData.steps, { first: 4, last: 8 });
    assertEquals((otherData.arguments as Record<string, unknown>).num_train_epochs, 4);
    assertMatch(profiled.tables[0], /^Profile of 5 steps in /);
    assertMatch(profiled.tables[0], /\n\nThe trace lies in .*traces\/trace\.json$/);
    const kernels = traceEvents.filter(({ pid, ph }) => pid === 2 && ph === "X");
    if (otherData.gpuTimes !== "measured") return;
    assert(labels.length > 5 * 20);
    assertEquals(kernels.map(({ name }) => name), labels);
    const ends = kernels.map(({ ts, dur }) => Math.round(1000 * (ts! + dur!)));
    assert(kernels.every(({ ts }, i) => i === 0 || Math.round(1000 * ts!) >= ends[i - 1]));
  });
});

Deno.test("ProfileCallback's table sums what its trace holds, and its spans nest", async () => {
  await withFolder({}, async (folder) => {
    const args = { evaluationStrategy: "epoch", saveStrategy: "epoch" } as const;
    const { trace, tables } = await trained(folder, { firstStep: 1, steps: 12 }, { args });
    const events = trace!.traceEvents.filter(({ ph }) => ph === "X");
    const host = events.filter(({ pid, tid }) => pid === 1 && tid < 1000);
    const counts = Object.fromEntries(
      [...Map.groupBy(host, ({ name }) => name)].map(([name, list]) => [name, list.length]),
    );
    for (const name of ["step", "wait for batch", "record backward", "record update"]) {
      assertEquals(counts[name], 12, name);
    }
    // Each epoch ends with an evaluation of one batch and a checkpoint.
    assertEquals([counts.evaluate, counts.save, counts["record forward"]], [4, 4, 16]);
    assert(counts["read back"] >= 8 && counts.submit >= 12);
    assertEquals(events.filter(({ tid }) => tid >= 1000).map(({ name }) => name), [
      ...Array(16).fill("tokenize"),
    ]);
    assertEquals(host.filter(({ name }) => name === "collate").length, 16);
    const within = (inner: typeof host[0], outer: typeof host[0]) =>
      outer.ts! <= inner.ts! && inner.ts! + inner.dur! <= outer.ts! + outer.dur! + 1e-6;
    const steps = host.filter(({ name }) => name === "step");
    for (const name of ["wait for batch", "record backward", "record update"]) {
      const inner = host.filter((event) => event.name === name);
      assert(inner.every((event, i) => within(event, steps[i])), name);
    }
    for (const group of Map.groupBy(events, ({ pid, tid }) => `${pid} ${tid}`).values()) {
      for (const [i, a] of group.entries()) {
        for (const b of group.slice(i + 1)) {
          const apart = a.ts! + a.dur! <= b.ts! + 1e-6 || b.ts! + b.dur! <= a.ts! + 1e-6;
          assert(apart || within(a, b) || within(b, a), `${a.name} crosses ${b.name}`);
        }
      }
    }
    const table = new Map(
      tables[0].split("\n").map((line) => line.trim().split(/ {2,}/)).map((cells) =>
        [cells[0], cells.slice(1)] as const
      ),
    );
    const names = new Set(events.map(({ name }) => name));
    for (const name of names) {
      const list = events.filter((event) => event.name === name);
      const milliseconds = list.reduce((sum, { dur }) => sum + dur!, 0) / 1000 / 12;
      const cells = table.get(name)!;
      assertEquals(cells[0], (list.length / 12).toFixed(1), name);
      // The trace is rounded to nanoseconds, the table to microseconds.
      assert(Math.abs(Number(cells[1]) - milliseconds) <= 5e-4 + 1e-6 * list.length, name);
    }
    assert(names.size > 10);
  });
});

Deno.test("ProfileCallback ends with the training, and shows the host alone without timestamps", async () => {
  await withFolder({}, async (folder) => {
    const { trace, tables } = await trained(folder, { firstStep: 11 }, { timestamps: false });
    const { traceEvents, otherData } = trace!;
    assertEquals(otherData.steps, { first: 11, last: 12 });
    assertEquals(otherData.gpuTimes, "none: the adapter has no timestamp queries");
    assertEquals(traceEvents.filter(({ pid }) => pid === 2), []);
    assertEquals(traceEvents.filter(({ name, ph }) => name === "step" && ph === "X").length, 2);
    assertMatch(tables[0], /^Profile of 2 steps in .* ms; this adapter has no timestamp queries/);
  });
});

Deno.test("ProfileCallback counts steps where training goes on, and says where there were none", async () => {
  await withFolder({}, async (folder) => {
    const stop: TrainerCallback = {
      onStepEnd: ({ state, control }) => {
        control.shouldTrainingStop ||= state.globalStep === 4;
        control.shouldSave = control.shouldTrainingStop;
      },
    };
    const first = await trained(folder, {}, { callbacks: [stop] });
    assertEquals([first.trace, first.tables], [
      null,
      ["Nothing was profiled: training ended before step 5 of it"],
    ]);
    const resumeFromCheckpoint = join(folder, "out/checkpoint-4");
    const second = await trained(folder, { firstStep: 2, steps: 3 }, {
      args: { resumeFromCheckpoint },
    });
    assertEquals(second.trace!.otherData.steps, { first: 6, last: 8 });
    await assertRejects(
      () => trained(folder, { firstStep: 9 }, { args: { resumeFromCheckpoint } }),
      UsageError,
      "Cannot profile from step 9 on: this training has 8; profile earlier ones",
    );
  });
});

Deno.test("ProfileCallback refuses steps and places without sense before training", async () => {
  for (const options of [{ firstStep: 0 }, { steps: 0 }, { steps: 1.5 }, { firstStep: NaN }]) {
    assertThrows(
      () => new ProfileCallback({ file: "trace.json", ...options }),
      UsageError,
      `Cannot profile: ${Object.keys(options)[0]} is ${Object.values(options)[0]}`,
    );
  }
  await withFolder({ file: "" }, async (folder) => {
    const file = join(folder, "file/trace.json");
    await assertRejects(() => trained(folder, { file }), OutputError);
  });
});

Deno.test("ProfileCallback goes on without a trace where it cannot be written in the end", async () => {
  await withFolder({}, async (folder) => {
    const file = join(folder, "gone/trace.json");
    const remove: TrainerCallback = {
      onEpochEnd: () => Deno.removeSync(join(folder, "gone"), { recursive: true }),
    };
    const args = { numTrainEpochs: 1 };
    const { trace, tables } = await trained(folder, { file, firstStep: 1 }, {
      args,
      callbacks: [remove],
    });
    assertEquals([trace, tables], [null, []]);
  });
});

Deno.test("ProfileCallback begins anew where the training before it failed within its steps", async () => {
  await withFolder({}, async (folder) => {
    const gpu = await Gpu.request();
    const file = join(folder, "trace.json");
    let failures = 0;
    const fails: TrainerCallback = {
      onStepEnd: () => {
        if (failures++ === 1) throw new Error("once");
      },
    };
    const trainer = await tinyTrainer(gpu, { ...ARGS, outputDir: join(folder, "out") }, {
      callbacks: [new ProfileCallback({ file, firstStep: 1, steps: 3 }), fails],
    });
    await assertRejects(() => trainer.train(), Error, "once");
    assert(gpu.recorder.spans !== null);
    await trainer.train();
    const { traceEvents }: ChromeTrace = JSON.parse(await Deno.readTextFile(file));
    assertEquals(traceEvents.filter(({ name, ph }) => name === "step" && ph === "X").length, 3);
    await destroyTrainer(trainer);
    gpu.destroy();
  });
});

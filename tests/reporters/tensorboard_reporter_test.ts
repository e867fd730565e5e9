import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { OutputError } from "../../src/errors.ts";
import { histogramOf } from "../../src/reporters/histogram.ts";
import { TensorBoardReporter } from "../../src/reporters/tensorboard_reporter.ts";
import { withFolder } from "../support/with_folder.ts";
import { FACTS } from "./run_facts.ts";
import { decodeMessage, eventFileOf, readEvents } from "./tensorboard/read_events.ts";

Deno.test("TensorBoardReporter writes a file of events for every moment of a run", async () => {
  await withFolder({}, async (folder) => {
    let now = 1_700_000_000;
    const reporter = new TensorBoardReporter(`${folder}/runs/a`, { now: () => now++ });
    const values = { optim: "sgd", prompts: null, debug: ["x"], seed: 1 };
    const modelConfig = { model_type: "bert" };
    reporter.start({ ...FACTS, runName: "mine", arguments: values, modelConfig, startStep: 3 });
    reporter.log({ loss: 0.5, epoch: 0.1, step: 4 });
    // Every record is there at once.
    assertEquals(readEvents(await eventFileOf(`${folder}/runs/a`)).length, 5);
    reporter.log({ eval_loss: 0.25, step: 5 });
    reporter.finish();
    reporter.log({ eval_loss: 0.125 });
    const file = await eventFileOf(`${folder}/runs/a`);
    const events = readEvents(file);
    assertMatch(reporter.path, /\/runs\/a\/events\.out\.tfevents\.1700000000\.[\w.-]+\.\d+\.\d+$/);
    const tags = events.map(({ summary, step }) => [
      step,
      ...summary?.value.map(({ tag }: { tag: string }) => tag) ?? [],
    ]);
    assertEquals(tags, [
      [undefined],
      [3, "args/text_summary"],
      [3, "model_config/text_summary"],
      [3, "_hparams_/experiment", "_hparams_/session_start_info"],
      [4, "train/loss", "train/epoch"],
      [5, "eval/loss"],
      [5, "_hparams_/session_end_info"],
      [5, "eval/loss"],
    ]);
    const times = events.map(({ wall_time }) => wall_time);
    assertEquals(times, [...times].sort((a, b) => a - b));
    const text = new TextDecoder().decode(
      Uint8Array.from(events[1].summary.value[0].tensor.string_val[0]),
    );
    assertEquals(JSON.parse(text), values);
    assert(text.split("\n").every((line) => line.startsWith("    ")));
    const content = events[3].summary.value[1].metadata.plugin_data.content;
    const session = decodeMessage("HParamsPluginData", Uint8Array.from(content));
    assertEquals(Object.keys(session.session_start_info), ["hparams", "start_time_secs"]);
    assertEquals(session.session_start_info.hparams, {
      optim: { string_value: "sgd" },
      prompts: { string_value: "None" },
      debug: { string_value: '["x"]' },
      seed: { number_value: 1 },
    });
  });
});

Deno.test("TensorBoardReporter writes histograms of gradients, but not of none", async () => {
  await withFolder({}, async (folder) => {
    const reporter = new TensorBoardReporter(folder);
    const none = histogramOf(new Float32Array(0));
    reporter.gradients({ w: histogramOf(Float32Array.from([1, -2])), none }, 4);
    const { step, summary } = readEvents(await eventFileOf(folder))[1];
    assertEquals([step, summary.value.length, summary.value[0].tag], [4, 1, "gradients/w"]);
    assertEquals(summary.value[0].histo.num, 2);
  });
});

Deno.test("TensorBoardReporter says whether the run came to its end", async () => {
  for (const [last, status] of [[{ loss: 1 }, 2], [{ train_runtime: 1 }, 1]] as const) {
    await withFolder({}, async (folder) => {
      const reporter = new TensorBoardReporter(folder);
      reporter.start({ ...FACTS, arguments: {} });
      reporter.log(last);
      reporter.finish();
      const end = readEvents(await eventFileOf(folder)).at(-1)!.summary.value[0];
      const content = Uint8Array.from(end.metadata.plugin_data.content);
      const { session_end_info } = decodeMessage("HParamsPluginData", content);
      assertEquals(session_end_info.status, status);
    });
  }
});

Deno.test("TensorBoardReporter tells runs of one second apart", () => {
  const now = () => 1;
  const paths = [1, 2].map(() => new TensorBoardReporter("a", { now }).path);
  assert(paths[0] !== paths[1]);
});

Deno.test("TensorBoardReporter says where it cannot write", async () => {
  await withFolder({ "file": "" }, (folder) => {
    const reporter = new TensorBoardReporter(`${folder}/file`);
    assertThrows(
      () => reporter.log({ loss: 1 }),
      OutputError,
      `Cannot write ${folder}/file/events`,
    );
  });
});

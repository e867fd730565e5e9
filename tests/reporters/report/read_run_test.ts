import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../../src/errors.ts";
import { readRun } from "../../../src/reporters/report/read_run.ts";
import { withFolder } from "../../support/with_folder.ts";

const start = { event: "start", start_step: 0, run_name: "mine", arguments: { output_dir: "out" } };
const journal = (first: object, ...more: object[]) =>
  [first, ...more].map((line) => JSON.stringify(line) + "\n").join("");

Deno.test("readRun() takes the journal before the state of an older run", async () => {
  const files = {
    "a/training_log.jsonl": journal(start, { event: "log", step: 1, loss: 2 }),
    "a/trainer_state.json": '{"log_history": []}',
    "b/training_log.jsonl": journal({ ...start, run_name: "out" }),
  };
  await withFolder(files, (folder) => {
    const run = readRun(`${folder}/a/`);
    assertEquals([run.name, run.status, run.records], ["mine", "running", [{ step: 1, loss: 2 }]]);
    // The default name of a run is its output directory, which may have been moved.
    assertEquals(readRun(`${folder}/b/`).name, `${folder}/b`);
  });
});

Deno.test("readRun() reads what the original left: numbers as Python writes them, checkpoints alone", async () => {
  const state = (history: string) => `{"best": -Infinity, "log_history": [${history}]}`;
  const files = {
    "a/trainer_state.json": state(
      '{"loss": NaN, "note": "a: NaN, b", "step": 1}, {"train_runtime": 2.5, "step": 1}',
    ),
    "b/checkpoint-9/trainer_state.json": state('{"loss": 9.5, "step": 9}'),
    "b/checkpoint-10/trainer_state.json": state('{"loss": 10.5, "step": 10}'),
    "b/checkpoint-11/model.txt": "",
  };
  await withFolder(files, (folder) => {
    const a = readRun(`${folder}/a`);
    assertEquals(a.records, [{ loss: null, step: 1 }, { train_runtime: 2.5, step: 1 }]);
    assertEquals([a.status, a.facts, a.arguments], ["finished", {}, {}]);
    const b = readRun(`${folder}/b`);
    assertEquals([b.status, b.records], ["unknown", [{ loss: 10.5, step: 10 }]]);
  });
});

Deno.test("readRun() says what is wrong with a directory", async () => {
  const files = {
    "none/x": "",
    "broken/trainer_state.json": "{",
    "other/trainer_state.json": "[]",
  };
  await withFolder(files, (folder) => {
    const cases = {
      "none": "found neither training_log.jsonl nor trainer_state.json",
      "missing": "No such file",
      "none/x": "Not a directory",
      "broken": "it is not JSON",
      "other": 'it has no list "log_history"',
    };
    for (const [name, message] of Object.entries(cases)) {
      assertThrows(() => readRun(`${folder}/${name}`), InputError, message);
    }
  });
});

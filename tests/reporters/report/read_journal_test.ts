import { assertEquals } from "@std/assert";
import { numbersOf, readJournal } from "../../../src/reporters/report/read_journal.ts";

function journalOf(...lines: unknown[]) {
  return readJournal(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

const start = (start_step = 0) => ({ event: "start", time: 0, start_step, arguments: { seed: 1 } });
const log = (step: number, loss: number) => ({ event: "log", time: step, step, loss });

Deno.test("readJournal() reads facts, arguments and records of a run", () => {
  const { facts, arguments: args, records, status } = journalOf(start(), log(1, 5), log(2, 4));
  assertEquals([facts, args, status], [{ start_step: 0 }, { seed: 1 }, "running"]);
  assertEquals(records, [{ time: 1, step: 1, loss: 5 }, { time: 2, step: 2, loss: 4 }]);
});

Deno.test("readJournal() says how the run ended", () => {
  const end = { event: "end", time: 9 };
  const summary = { event: "log", time: 8, step: 2, train_runtime: 7 };
  assertEquals(journalOf(start(), log(1, 5), end).status, "stopped");
  assertEquals(journalOf(start(), log(1, 5), summary, end).status, "finished");
  assertEquals(journalOf(start(), summary, end, start(2)).status, "running");
  assertEquals(readJournal("").status, "unknown");
});

Deno.test("readJournal() puts a run that goes on in the place of what came after its checkpoint", () => {
  const losses = (...lines: unknown[]) => journalOf(...lines).records.map(({ loss }) => loss);
  const before = [start(), log(1, 5), log(2, 4), log(3, 3)];
  assertEquals(losses(...before, start(2), log(3, 30)), [5, 4, 30]);
  assertEquals(losses(...before, start(0), log(1, 50)), [50]);
});

Deno.test("readJournal() keeps the last of two records of the same keys and step", () => {
  const evaluated = (eval_loss: number) => ({ event: "log", time: 1, step: 2, eval_loss });
  const { records } = journalOf(start(), log(2, 4), evaluated(3), log(1, 5), evaluated(2));
  assertEquals<unknown>(records.map(({ step, loss, eval_loss }) => [step, loss, eval_loss]), [
    [1, 5, undefined],
    [2, 4, undefined],
    [2, undefined, 2],
  ]);
});

Deno.test("readJournal() skips lines that are damaged", () => {
  const text = `${JSON.stringify(start())}\nnull\n[1]\n{"event": "other"}\n{"event":"log","st`;
  assertEquals(readJournal(text).records, []);
  assertEquals(readJournal(text).status, "running");
});

Deno.test("numbersOf() keeps numbers and null alone", () => {
  assertEquals(numbersOf({ a: 1, b: null, c: "x", d: true, e: [1] }), { a: 1, b: null });
});

import { assert, assertEquals } from "@std/assert";
import { ProgressBar, progressLine } from "../../src/reporters/progress_bar.ts";
import { FACTS, PROGRESS } from "./run_facts.ts";

const MEASURES = "110/440 epoch 0.25 loss 0.0604 grad norm 0.5578 lr 4.01e-05 " +
  "812 pairs/s 24.1k tokens/s 1:23 left";

/** A bar on a terminal of 60 columns whose clock stands until it is moved. */
function bar(): { bar: ProgressBar; clock: { time: number }; written: () => string } {
  const clock = { time: 1000 };
  let text = "";
  const progressBar = new ProgressBar({
    write: (more) => text += more,
    columns: () => 60,
    now: () => clock.time,
  });
  const written = (): string => {
    const result = text;
    text = "";
    return result;
  };
  return { bar: progressBar, clock, written };
}

Deno.test("progressLine: all measures where there is room", () => {
  const line = progressLine(PROGRESS, 200);
  assertEquals(line, `[=======>${" ".repeat(22)}] ${MEASURES}`);
  assertEquals(progressLine(PROGRESS, MEASURES.length + 11), `[==>     ] ${MEASURES}`);
});

Deno.test("progressLine: what matters least goes first", () => {
  const kept = (width: number): string => progressLine(PROGRESS, width).replace(/^\[.*\] /, "");
  assertEquals(
    kept(MEASURES.length + 10),
    "110/440 epoch 0.25 loss 0.0604 grad norm 0.5578 lr 4.01e-05 812 pairs/s 1:23 left",
  );
  assertEquals(kept(79), "110/440 epoch 0.25 loss 0.0604 lr 4.01e-05 812 pairs/s 1:23 left");
  assertEquals(kept(59), "110/440 epoch 0.25 loss 0.0604 1:23 left");
  assertEquals(kept(40), "110/440 loss 0.0604 1:23 left");
  assertEquals(kept(30), "110/440 loss 0.0604");
  assertEquals(progressLine(PROGRESS, 18), "[==>     ] 110/440");
  assertEquals(progressLine(PROGRESS, 17), "110/440");
  assertEquals(progressLine(PROGRESS, 3), "110");
  assertEquals(progressLine(PROGRESS, -1), "");
});

Deno.test("progressLine: never wider than asked, only printable ASCII", () => {
  let checked = 0;
  for (let width = 0; width <= 160; width++) {
    for (const step of [0, 1, 439, 440]) {
      const line = progressLine({ ...PROGRESS, step }, width);
      assert(line.length <= width, `${line.length} > ${width}`);
      assert(/^[ -~]*$/.test(line), line);
      checked++;
    }
  }
  assertEquals(checked, 644);
});

Deno.test("progressLine: what is not known yet is left out", () => {
  const line = progressLine({
    ...PROGRESS,
    step: 0,
    loss: null,
    gradientNorm: null,
    pairsPerSecond: null,
    tokensPerSecond: null,
    secondsLeft: null,
  }, 100);
  assertEquals(line, `[>${" ".repeat(29)}] 0/440 epoch 0.25 lr 4.01e-05`);
});

Deno.test("progressLine: full at the end, also of a run without steps", () => {
  const full = `[${"=".repeat(30)}]`;
  assertEquals(progressLine({ ...PROGRESS, step: 440 }, 200).slice(0, 32), full);
  assertEquals(progressLine({ ...PROGRESS, step: 0, totalSteps: 0 }, 200).slice(0, 32), full);
});

Deno.test("ProgressBar: redraws in place, one column short of the terminal", () => {
  const { bar: progressBar, written } = bar();
  progressBar.progress(PROGRESS);
  assertEquals(written(), `\r${progressLine(PROGRESS, 59)}\x1b[K`);
});

Deno.test("ProgressBar: draws ten times a second, and the last step in any case", () => {
  const { bar: progressBar, clock, written } = bar();
  progressBar.progress(PROGRESS);
  written();
  clock.time += 99;
  progressBar.progress({ ...PROGRESS, step: 111 });
  assertEquals(written(), "");
  clock.time += 1;
  progressBar.progress({ ...PROGRESS, step: 112 });
  assert(written().includes("112/440"));
  progressBar.progress({ ...PROGRESS, step: 440 });
  assert(written().includes("440/440"));
});

Deno.test("ProgressBar: records and messages stand above the bar", () => {
  const { bar: progressBar, written } = bar();
  progressBar.start(FACTS);
  assertEquals(
    written(),
    "training tiny (1k parameters) on llvmpipe: 880 examples, batch 2, 1 epochs, 440 steps\n",
  );
  progressBar.progress(PROGRESS);
  const drawn = written();
  progressBar.log({ loss: 0.0604, epoch: 0.25, step: 110 });
  assertEquals(written(), `\r\x1b[K{'loss': 0.0604, 'epoch': 0.25}\n${drawn}`);
  progressBar.message("saved");
  assertEquals(written(), `\r\x1b[Ksaved\n${drawn}`);
});

Deno.test("ProgressBar: finish draws what was held back and leaves the line", () => {
  const { bar: progressBar, written } = bar();
  progressBar.progress(PROGRESS);
  progressBar.progress({ ...PROGRESS, step: 111 });
  written();
  progressBar.finish();
  const text = written();
  assert(text.includes("111/440") && text.endsWith("\x1b[K\n"), JSON.stringify(text));
  progressBar.message("after");
  assertEquals(written(), "after\n");
  progressBar.finish();
  assertEquals(written(), "");
});

Deno.test("ProgressBar: finish redraws nothing that stands", () => {
  const { bar: progressBar, written } = bar();
  progressBar.progress(PROGRESS);
  written();
  progressBar.finish();
  assertEquals(written(), "\n");
});

Deno.test("ProgressBar: what a run takes is a line of its own", () => {
  const { bar: progressBar, written } = bar();
  progressBar.memory("memory on the GPU: 5 MB");
  assertEquals(written(), "memory on the GPU: 5 MB\n");
});

import { assertEquals } from "@std/assert";
import { PlainLines } from "../../src/reporters/plain_lines.ts";
import type { Reporter } from "../../src/reporters/reporter.ts";
import { FACTS } from "./run_facts.ts";

Deno.test("PlainLines: one line a record, evaluations included", () => {
  const lines: string[] = [];
  const reporter: Reporter = new PlainLines((text) => lines.push(text));
  reporter.start?.(FACTS);
  reporter.memory?.("memory on the GPU: 5 MB");
  reporter.log?.({ loss: 0.06041, grad_norm: 0.5, learning_rate: 4.01e-5, epoch: 0.25, step: 110 });
  reporter.log?.({ "eval_dev_cosine_ndcg@10": 0.33119, epoch: 0.25, step: 110 });
  reporter.message?.("saved checkpoint-110");
  reporter.finish?.();
  assertEquals(lines, [
    "training tiny (1k parameters) on llvmpipe: 880 examples, batch 2, 1 epochs, 440 steps\n",
    "memory on the GPU: 5 MB\n",
    "step 110/440 loss 0.06041 grad_norm 0.5 learning_rate 4.01e-05 epoch 0.25\n",
    "step 110/440 eval_dev_cosine_ndcg@10 0.3312 epoch 0.25\n",
    "saved checkpoint-110\n",
  ]);
  assertEquals(reporter.progress, undefined);
});

Deno.test("PlainLines: records without a step or a start", () => {
  const lines: string[] = [];
  const reporter = new PlainLines((text) => lines.push(text));
  reporter.log({ loss: 1, step: 3 });
  reporter.log({ train_loss: NaN });
  assertEquals(lines, ["step 3 loss 1\n", "train_loss nan\n"]);
});

Deno.test("PlainLines: control characters become spaces, line breaks stay", () => {
  const lines: string[] = [];
  new PlainLines((text) => lines.push(text)).message("a\r\x1b[Kb\tc\u0085d\ne é");
  assertEquals(lines, ["a  [Kb c d\ne é\n"]);
});

import { assertEquals } from "@std/assert";
import { JsonlLog } from "../../src/reporters/jsonl_log.ts";

Deno.test("JsonlLog: one line of JSON a record, in the order of its keys", () => {
  let file = "";
  const reporter = new JsonlLog((line) => file += line);
  reporter.log({ loss: 0.0604, learning_rate: 4.01e-5, epoch: 0.28, step: 120 });
  reporter.log({ eval_loss: 1.5, epoch: 0.28, step: 120 });
  assertEquals(
    file,
    '{"loss":0.0604,"learning_rate":0.0000401,"epoch":0.28,"step":120}\n' +
      '{"eval_loss":1.5,"epoch":0.28,"step":120}\n',
  );
});

Deno.test("JsonlLog: what JSON cannot say is null", () => {
  let file = "";
  new JsonlLog((line) => file += line).log({ loss: NaN, grad_norm: Infinity });
  assertEquals(file, '{"loss":null,"grad_norm":null}\n');
});

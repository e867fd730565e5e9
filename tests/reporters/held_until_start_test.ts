import { assertEquals } from "@std/assert";
import { heldUntilStart } from "../../src/reporters/held_until_start.ts";
import { FACTS, PROGRESS } from "./run_facts.ts";

Deno.test("heldUntilStart() passes records on once the run has begun, none before", () => {
  const told: unknown[] = [];
  const reporter = heldUntilStart({
    start: ({ model }) => told.push(model),
    progress: ({ step }) => told.push(step),
    log: ({ loss }) => told.push(loss),
    message: (line) => told.push(line),
    gradients: (_, step) => told.push(`gradients ${step}`),
    finish: () => told.push("end"),
  });
  reporter.log!({ loss: 1 });
  reporter.finish!();
  reporter.message!("line");
  assertEquals(told.splice(0), ["line"]);
  reporter.start!(FACTS);
  reporter.progress!(PROGRESS);
  reporter.gradients!({}, 7);
  reporter.log!({ loss: 2 });
  reporter.finish!();
  reporter.log!({ loss: 3 });
  assertEquals(told, ["tiny", 1, 110, "gradients 7", 2, "end", 3]);
});

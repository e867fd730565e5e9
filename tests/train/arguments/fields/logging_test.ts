import { assertEquals } from "@std/assert";
import { loggingFields } from "../../../../src/train/arguments/fields/logging.ts";
import { assertRange, defaultsOf, honouredOf, namesOf } from "./records.ts";

Deno.test("loggingFields have the defaults of upstream", () => {
  assertEquals(defaultsOf(loggingFields), {
    logging_strategy: "steps",
    logging_steps: 500,
    logging_first_step: false,
    logging_nan_inf_filter: true,
    logging_dir: null,
    run_name: null,
    report_to: null,
    disable_tqdm: null,
    log_level: "passive",
    include_num_input_tokens_seen: false,
    include_tokens_per_second: false,
    skip_memory_metrics: true,
    debug: "",
  });
});

Deno.test("loggingFields take what is in range", () => {
  assertRange(loggingFields.logging_steps, [0, 0.1, 500], [-1, null]);
  assertRange(loggingFields.log_level, ["passive", "critical", null], ["verbose"]);
  assertRange(loggingFields.report_to, ["all", ["wandb"], [], null], ["wand", ["x"]]);
  assertRange(loggingFields.logging_dir, ["runs", null], [""]);
  assertRange(loggingFields.debug, ["", ["underflow_overflow"]], [null]);
});

Deno.test("loggingFields say what is not honoured", () => {
  assertEquals(namesOf(loggingFields, "refused"), []);
  assertEquals(namesOf(loggingFields, "inert"), []);
  assertEquals(namesOf(loggingFields, "alias"), []);
  assertEquals(namesOf(loggingFields, "partly"), ["debug"]);
  for (const value of [null, "none", "all", [], ["none"], ["tensorboard", "html"]]) {
    assertEquals(loggingFields.report_to.refuses!(value), null);
  }
  assertEquals(
    loggingFields.report_to.refuses!(["tensorboard", "wandb"]),
    "wandb has a client for JavaScript that is no longer maintained; use tensorboard, html, " +
      "opentelemetry, or send on what training_log.jsonl in output_dir holds",
  );
  assertEquals(honouredOf(loggingFields.debug), [
    "",
    [],
    "underflow_overflow",
    ["underflow_overflow"],
  ]);
});

Deno.test("loggingFields refuse unknown services and checks with upstream's messages", () => {
  const services = loggingFields.report_to.upstreamError!;
  const sentence = "wand is not supported, only tensorboard, html, opentelemetry are supported.";
  assertEquals([services("wand"), services(["wandb", "wand"])], [sentence, sentence]);
  assertEquals([services(7), services(["wandb"])], [null, null]);
  const check = (value: string | string[]) => loggingFields.debug.check!(value);
  assertEquals(check("underflow_overflow tpu_metrics_debug"), null);
  for (const value of ["overflow", ["underflow_overflow", "overflow"]]) {
    assertEquals(
      check(value),
      "overflow is not a valid DebugOption, please select one of ['underflow_overflow', " +
        "'tpu_metrics_debug']",
    );
  }
});

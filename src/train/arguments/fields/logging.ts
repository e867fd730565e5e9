/**
 * The arguments about what a run tells and where.
 *
 * @module
 */
import { z } from "zod";
import { refusedServices, services } from "../../../reporters/names.ts";
import { JOURNAL_NAME } from "../../../reporters/run_journal.ts";
import { effect, type Field, field } from "../field.ts";
import { upstreamEnum, upstreamEnums } from "../upstream_enum.ts";
import {
  intervalStrategies,
  type IntervalStrategy,
  intervalStrategy,
} from "./interval_strategy.ts";
import { wholeSteps } from "./whole_steps.ts";

/** From which severity on messages are shown; `passive` leaves the choice to the program. */
export type LogLevel = "debug" | "info" | "warning" | "error" | "critical" | "passive";

const logLevel: z.ZodType<LogLevel> = z.enum([
  "debug",
  "info",
  "warning",
  "error",
  "critical",
  "passive",
]);

/** The services that log records can be reported to, and those that are refused. */
const supported = Object.keys(services);
const integration = z.enum(["all", "none", ...supported, ...Object.keys(refusedServices)]);

/** Source: `get_reporting_integration_callbacks` of transformers. */
function unknownIntegration(value: unknown): string | null {
  const wrong = [value].flat().find((name) =>
    typeof name === "string" && !integration.safeParse(name).success
  );
  return wrong === undefined
    ? null
    : `${wrong} is not supported, only ${supported.join(", ")} are supported.`;
}

function refusedIntegration(value: string | string[] | null): string | null {
  const name = [value].flat().find((name) => name !== null && Object.hasOwn(refusedServices, name));
  return name === undefined
    ? null
    : `${name} ${refusedServices[name!]}; use ${supported.join(", ")}, or send on what ` +
      `${JOURNAL_NAME} in output_dir holds`;
}

const debugOptions = ["underflow_overflow", "tpu_metrics_debug"];
const unknownDebugOption = upstreamEnums("DebugOption", debugOptions);

/** The records, by upstream name. */
export const loggingFields = {
  logging_strategy: field({
    schema: intervalStrategy,
    default: "steps",
    doc: "When to log: never, every logging_steps, or after each epoch.",
    support: effect,
    upstreamError: upstreamEnum("IntervalStrategy", intervalStrategies),
  }) as Field<IntervalStrategy>,
  logging_steps: field({
    schema: z.number().min(0),
    default: 500,
    unit: "optimizer steps",
    doc: "Distance of two log lines; below 1 a share of all steps, rounded up.",
    support: effect,
    check: wholeSteps("logging_steps"),
  }) as Field<number>,
  logging_first_step: field({
    schema: z.boolean(),
    default: false,
    doc: "Whether the first optimizer step is logged as well.",
    support: effect,
  }) as Field<boolean>,
  logging_nan_inf_filter: field({
    schema: z.boolean(),
    default: true,
    doc: "Whether a logged loss that is not finite gives way to the mean of the others since the " +
      "last log line; gradients are not touched.",
    support: effect,
  }) as Field<boolean>,
  logging_dir: field({
    schema: z.string().min(1).nullable(),
    default: null,
    doc: "Directory for the files of the services in report_to, where ~ stands for the home " +
      "directory; null means runs/DATE_HOST in output_dir.",
    support: effect,
  }) as Field<string | null>,
  run_name: field({
    schema: z.string().nullable(),
    default: null,
    doc: "The name of the run in reports; null means output_dir.",
    support: effect,
  }) as Field<string | null>,
  report_to: field({
    schema: z.union([integration, z.array(integration)]).nullable(),
    default: null,
    doc:
      `The services that log records are reported to: ${supported.join(", ")}; "all" means every ` +
      "one that is there, null none. The other names are refused. Every run writes " +
      `${JOURNAL_NAME} in output_dir.`,
    support: effect,
    upstreamError: unknownIntegration,
    refuses: refusedIntegration,
  }) as Field<string | string[] | null>,
  disable_tqdm: field({
    schema: z.boolean().nullable(),
    default: null,
    doc: "Whether there is no progress bar; null means so where log_level is error or critical.",
    support: effect,
  }) as Field<boolean | null>,
  log_level: field({
    schema: logLevel.nullable(),
    default: "passive",
    doc: "From which severity on messages are shown; passive leaves it at warning.",
    support: effect,
  }) as Field<LogLevel | null>,
  include_num_input_tokens_seen: field({
    schema: z.boolean().nullable(),
    default: false,
    doc:
      "Whether log lines tell how many tokens of all columns were trained on, without padding; " +
      "upstream finds none.",
    support: effect,
  }) as Field<boolean | null>,
  include_tokens_per_second: field({
    schema: z.boolean().nullable(),
    default: false,
    doc: "Whether the last log line tells the trained tokens per second.",
    support: effect,
  }) as Field<boolean | null>,
  skip_memory_metrics: field({
    schema: z.boolean(),
    default: true,
    doc: "Whether reports leave the use of memory out.",
    support: effect,
  }) as Field<boolean>,
  debug: field({
    schema: z.union([z.string(), z.array(z.string())]),
    default: "",
    doc: "Checks to run beside training, a list or a text with spaces between them: " +
      "underflow_overflow stops at the first number that is not finite.",
    support: {
      kind: "partly",
      values: ["", [], "underflow_overflow", ["underflow_overflow"]],
      reason: "meaningless on WebGPU: it has no TPU",
      instead: 'use "underflow_overflow" or leave it empty',
    },
    check: unknownDebugOption,
  }) as Field<string | string[]>,
};

import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { hasTelemetry, OpenTelemetryReporter } from "../../src/reporters/opentelemetry_reporter.ts";
import { FACTS, PROGRESS } from "./run_facts.ts";

function telemetry() {
  const told: unknown[] = [];
  const gauge = (name: string) => ({
    record: (value: number, { run }: { run: string }) => told.push([name, value, run]),
  });
  const span = (name: string) => ({
    setAttribute: (key: string, value: unknown) => told.push([name, key, value]),
    end: () => told.push([name, "end"]),
  });
  const made: string[] = [];
  return {
    told,
    made,
    meterProvider: {
      getMeter: () => ({
        createGauge: (name: string) => {
          made.push(name);
          return gauge(name);
        },
      }),
    },
    tracerProvider: { getTracer: () => ({ startSpan: span }) },
  };
}

Deno.test("OpenTelemetryReporter records numbers in gauges and the run as a span", () => {
  const api = telemetry();
  const reporter = new OpenTelemetryReporter("mine", api);
  reporter.start(FACTS);
  assertEquals(api.told.splice(0), [
    ["train", "sentrain.run", "mine"],
    ["train", "sentrain.model", "tiny"],
    ["train", "sentrain.device", "llvmpipe"],
    ["train", "sentrain.parameters", 1000],
    ["train", "sentrain.batchSize", 2],
    ["train", "sentrain.totalSteps", 440],
  ]);
  reporter.log({ loss: 0.5, grad_norm: NaN, step: 3, total_flos: 0 });
  reporter.log({ "eval_mrr@10": 0.25, loss: 0.25 });
  reporter.progress({ ...PROGRESS, tokensPerSecond: null });
  reporter.finish();
  reporter.finish();
  assertEquals(api.told, [
    ["sentrain.loss", 0.5, "mine"],
    ["sentrain.eval_mrr_10", 0.25, "mine"],
    ["sentrain.loss", 0.25, "mine"],
    ["sentrain.step", 110, "mine"],
    ["sentrain.rows_per_second", 812, "mine"],
    ["train", "end"],
  ]);
  assertEquals(new Set(api.made).size, api.made.length);
});

Deno.test("OpenTelemetryReporter says what to set where Deno exports nothing", () => {
  const off = {
    meterProvider: {
      getMeter() {
        throw new Error("otel not initialized");
      },
    },
  };
  assertEquals([hasTelemetry(off), hasTelemetry(undefined), hasTelemetry(telemetry())], [
    false,
    Deno.env.get("OTEL_DENO") === "true",
    true,
  ]);
  assertThrows(() => new OpenTelemetryReporter("mine", off), UsageError, "set OTEL_DENO=true");
});

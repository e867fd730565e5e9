/**
 * The reporter for OpenTelemetry, through what the host exports; Deno has an exporter built in.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { host } from "../host/host.ts";
import type { LogEntry, Progress, Reporter, RunFacts } from "./reporter.ts";

/** A value that is measured now and then, as the API of OpenTelemetry has it. */
interface Gauge {
  record(value: number, attributes: Readonly<Record<string, string>>): void;
}

/** A stretch of time. */
interface Span {
  setAttribute(name: string, value: string | number): unknown;
  end(): void;
}

/** What of the API of OpenTelemetry is used. */
interface Telemetry {
  readonly meterProvider: { getMeter(name: string): { createGauge(name: string): Gauge } };
  readonly tracerProvider: { getTracer(name: string): { startSpan(name: string): Span } };
}

const NAME = "sentrain";

/**
 * Whether telemetry is exported; in Deno: `OTEL_DENO=true` in the environment.
 *
 * @param telemetry that of the host by default
 */
export function hasTelemetry(telemetry: unknown = host().process.telemetry): boolean {
  try {
    (telemetry as Telemetry).meterProvider.getMeter(NAME);
    return true;
  } catch {
    return false;
  }
}

/**
 * Records each number of the log in a gauge, such as `sentrain.loss` and `sentrain.eval_loss`, steps and
 * speed in `sentrain.step` and `sentrain.rows_per_second`, all with the attribute `run`; a run is a span,
 * `train`. Where they go is up to the variables of OpenTelemetry, such as `OTEL_EXPORTER_OTLP_ENDPOINT`.
 */
export class OpenTelemetryReporter implements Reporter {
  readonly #telemetry: Telemetry;
  readonly #meter: ReturnType<Telemetry["meterProvider"]["getMeter"]>;
  readonly #gauges = new Map<string, Gauge>();
  #attributes: Record<string, string>;
  #span: Span | null = null;

  /**
   * Records nothing yet.
   *
   * @param run What the run is called.
   * @param telemetry That of the host by default.
   * @throws {UsageError} If none is exported.
   */
  constructor(run: string, telemetry: unknown = host().process.telemetry) {
    if (!hasTelemetry(telemetry)) {
      throw new UsageError(
        "Cannot report to opentelemetry: Deno exports no telemetry; set OTEL_DENO=true in the environment",
      );
    }
    this.#telemetry = telemetry as Telemetry;
    this.#meter = this.#telemetry.meterProvider.getMeter(NAME);
    this.#attributes = { run };
  }

  start(facts: RunFacts): void {
    this.#span = this.#telemetry.tracerProvider.getTracer(NAME).startSpan("train");
    const { model, device, parameters, batchSize, totalSteps } = facts;
    const known = { ...this.#attributes, model, device, parameters, batchSize, totalSteps };
    for (const [name, value] of Object.entries(known)) {
      this.#span.setAttribute(`${NAME}.${name}`, value);
    }
  }

  progress({ step, pairsPerSecond, tokensPerSecond }: Progress): void {
    this.#record("step", step);
    if (pairsPerSecond !== null) this.#record("rows_per_second", pairsPerSecond);
    if (tokensPerSecond !== null) this.#record("tokens_per_second", tokensPerSecond);
  }

  log({ step: _step, total_flos: _flos, ...values }: LogEntry): void {
    for (const [key, value] of Object.entries(values)) this.#record(key, value);
  }

  finish(): void {
    this.#span?.end();
    this.#span = null;
  }

  #record(key: string, value: number): void {
    // What is no number cannot be exported.
    if (!Number.isFinite(value)) return;
    let gauge = this.#gauges.get(key);
    if (gauge === undefined) {
      gauge = this.#meter.createGauge(`${NAME}.${key.replace(/[^\w./-]/g, "_")}`);
      this.#gauges.set(key, gauge);
    }
    gauge.record(value, this.#attributes);
  }
}

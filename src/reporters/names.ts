/**
 * The services that `report_to` names.
 *
 * @module
 */
import { HtmlReporter } from "./html_reporter.ts";
import { hasTelemetry, OpenTelemetryReporter } from "./opentelemetry_reporter.ts";
import type { Reporter } from "./reporter.ts";
import { TensorBoardReporter } from "./tensorboard_reporter.ts";

/** What a service is told of a run when its reporter is made. */
export interface ServiceInputs {
  /** Where the run writes. */
  readonly outputDirectory: string;
  /** Where services keep files of their own. */
  readonly loggingDirectory: string;
  /** What the run is called. */
  readonly runName: string;
}

/** A service that log records can be reported to. */
export interface Service {
  /** Whether it can be reached, so that "all" means it. */
  isThere(): boolean;
  /** Makes its reporter. */
  create(inputs: ServiceInputs): Reporter;
}

/** Every service; a new one is added here. */
const SERVICES = {
  tensorboard: {
    isThere: () => true,
    create: ({ loggingDirectory }) => new TensorBoardReporter(loggingDirectory),
  },
  html: {
    isThere: () => true,
    create: ({ outputDirectory }) => new HtmlReporter(outputDirectory),
  },
  opentelemetry: {
    isThere: () => hasTelemetry(),
    create: ({ runName }) => new OpenTelemetryReporter(runName),
  },
} as const satisfies Readonly<Record<string, Service>>;

/** Name of a service that log records can be reported to. */
export type ServiceName = keyof typeof SERVICES;

/** Every service by its name in `report_to`. */
export const services: Readonly<Record<ServiceName, Service>> = SERVICES;

const PYTHON_ONLY = "has a client for Python alone";

/** Services of upstream that cannot be reported to, and why. */
export const refusedServices: Readonly<Record<string, string>> = {
  azure_ml: PYTHON_ONLY,
  clearml: PYTHON_ONLY,
  codecarbon: "measures Python processes",
  comet_ml: PYTHON_ONLY,
  dagshub: PYTHON_ONLY,
  dvclive: PYTHON_ONLY,
  flyte: "runs Python tasks",
  kubeflow: "runs Python jobs",
  mlflow: "has no official client for JavaScript that logs runs",
  neptune: PYTHON_ONLY,
  swanlab: PYTHON_ONLY,
  trackio: PYTHON_ONLY,
  wandb: "has a client for JavaScript that is no longer maintained",
};

/**
 * The services that a value of `report_to` means.
 *
 * @param reportTo names, "all" for every one that is there, "none" or null for none
 * @returns names, each once, in the order given
 */
export function serviceNames(reportTo: string | readonly string[] | null): ServiceName[] {
  const given = new Set([reportTo ?? "none"].flat());
  const all = Object.keys(services) as ServiceName[];
  if (given.has("all")) return all.filter((name) => services[name].isThere());
  return [...given].filter((name): name is ServiceName => Object.hasOwn(services, name));
}

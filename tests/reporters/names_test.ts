import { assert, assertEquals } from "@std/assert";
import { refusedServices, serviceNames, services } from "../../src/reporters/names.ts";

Deno.test("serviceNames() reads report_to; all means every service that is there", () => {
  assertEquals(serviceNames(null), []);
  assertEquals(serviceNames("none"), []);
  assertEquals(serviceNames([]), []);
  assertEquals(serviceNames("tensorboard"), ["tensorboard"]);
  assertEquals(serviceNames(["html", "tensorboard", "html"]), ["html", "tensorboard"]);
  const there = Deno.env.get("OTEL_DENO") === "true" ? ["opentelemetry"] : [];
  assertEquals<string[]>(serviceNames(["all"]), ["tensorboard", "html", ...there]);
});

Deno.test("refusedServices are the rest of upstream's, each with its reason", () => {
  const upstream = "azure_ml clearml codecarbon comet_ml dagshub dvclive flyte kubeflow mlflow " +
    "neptune swanlab tensorboard trackio wandb";
  const own = ["html", "opentelemetry"];
  const known = [...Object.keys(services), ...Object.keys(refusedServices)];
  assertEquals(known.filter((name) => !own.includes(name)).sort(), upstream.split(" "));
  assert(Object.values(refusedServices).every((reason) => /^(has|runs|measures) /.test(reason)));
});

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { doctor } from "../../src/cli/doctor.ts";
import { DeviceError, UsageError } from "../../src/errors.ts";
import { VERSION } from "../../src/version.ts";
import { captureOutput } from "../support/capture_output.ts";

Deno.test("doctor() shows adapter, versions, features and limits", async () => {
  const lines = (await captureOutput(() => doctor())).split("\n");
  assertEquals(lines.length, 8);
  assertMatch(lines[0], /^adapter {4}\S/);
  assertEquals(
    lines[1].startsWith(`versions   sentrain ${VERSION}, deno ${Deno.version.deno}`),
    true,
  );
  assertMatch(lines[2], /^subgroups {2}\d+ to \d+ lanes$/);
  assertMatch(lines[4], /^limits {5}a buffer \d{6,} bytes$/);
});

Deno.test("doctor() takes no arguments", async () => {
  await assertRejects(() => doctor(["--all"]), UsageError, "doctor takes no flags");
  await assertRejects(() => doctor(["all"]), UsageError, 'Cannot read "all"');
});

Deno.test("doctor() says what to install where there is no adapter", async () => {
  const { gpu } = navigator;
  const none = { requestAdapter: () => Promise.resolve(null) };
  Object.defineProperty(navigator, "gpu", { value: none, configurable: true });
  try {
    await assertRejects(() => doctor(), DeviceError, "install a Vulkan driver");
  } finally {
    Object.defineProperty(navigator, "gpu", { value: gpu, configurable: true });
  }
});

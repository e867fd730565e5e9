/**
 * The command `doctor`.
 *
 * @module
 */
import { DeviceError, UsageError } from "../errors.ts";
import { NO_ADAPTER, requestAdapter } from "../gpu/request_adapter.ts";
import { VERSION } from "../version.ts";
import { readFlags } from "./read_flags.ts";

/**
 * Shows the adapter that would be used, its features and limits, and the versions.
 *
 * @param tokens The command line after `doctor`: nothing.
 * @throws {UsageError} For any flag.
 * @throws {DeviceError} If there is no adapter; the message says what to do.
 */
export async function doctor(tokens: readonly string[] = []): Promise<void> {
  const { rest } = readFlags("doctor", tokens, {});
  if (rest.length > 0) throw new UsageError(`Cannot read "${rest[0]}": doctor takes no arguments`);
  const adapter = await requestAdapter();
  if (adapter === null) throw new DeviceError(NO_ADAPTER);
  const { description, vendor, isFallbackAdapter, subgroupMinSize, subgroupMaxSize } = adapter.info;
  const { maxBufferSize, maxStorageBufferBindingSize, maxComputeWorkgroupStorageSize } =
    adapter.limits;
  console.log(`adapter    ${description || vendor}${isFallbackAdapter ? " (software)" : ""}`);
  console.log(`versions   sentrain ${VERSION}, deno ${Deno.version.deno}, ${Deno.build.target}`);
  console.log(`subgroups  ${subgroupMinSize} to ${subgroupMaxSize} lanes`);
  console.log(`features   ${[...adapter.features].sort().join(", ")}`);
  console.log(`limits     a buffer ${maxBufferSize} bytes`);
  console.log(`           a binding ${maxStorageBufferBindingSize} bytes`);
  console.log(`           workgroup memory ${maxComputeWorkgroupStorageSize} bytes`);
}

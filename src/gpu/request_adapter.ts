/**
 * The adapter: where GPUs are looked for.
 *
 * @module
 */
import type {} from "@webgpu/types";
import { hasHost, host } from "../host/host.ts";

/** What to say where no adapter answers. */
export const NO_ADAPTER =
  "Cannot find a WebGPU adapter: install a Vulkan driver (on Debian or Ubuntu: apt-get install mesa-vulkan-drivers libvulkan1) and run again";

/** Limits whose defaults are below what training wants: a device takes the adapter's own. */
export const RAISED_LIMITS: readonly (keyof GPUSupportedLimits)[] = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxStorageTexturesPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupSizeY",
  "maxComputeWorkgroupSizeZ",
  "minStorageBufferOffsetAlignment",
  "minUniformBufferOffsetAlignment",
  "maxTextureDimension2D",
];

/**
 * Asks for an adapter quietly: no GL fallback, no complaint of the driver about its socket folder.
 *
 * @param options Which adapter to take.
 * @returns The adapter, or null.
 */
export async function requestAdapter(
  options: { software?: boolean } = {},
): Promise<GPUAdapter | null> {
  prepareEnvironment();
  const adapter = await navigator.gpu?.requestAdapter({
    powerPreference: "high-performance",
    forceFallbackAdapter: options.software ?? false,
  }) ?? null;
  return adapter;
}

function prepareEnvironment(): void {
  if (!hasHost() || host().process.os !== "linux") return;
  // Without the permission the driver is merely less quiet.
  host().process.setDefault("XDG_RUNTIME_DIR", "/tmp");
  host().process.setDefault("DENO_WEBGPU_BACKEND", "vulkan");
}

/**
 * Whether an adapter runs shaders on the CPU.
 *
 * @param info Its description of itself.
 * @returns Whether it does.
 */
export function isSoftware(info: GPUAdapterInfo): boolean {
  return info.isFallbackAdapter || /llvmpipe|swiftshader|basic render/i.test(info.description);
}

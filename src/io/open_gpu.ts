/**
 * A device with what was measured on it.
 *
 * @module
 */
import { Gpu, type GpuOptions } from "../gpu/device.ts";
import { readKernelChoices } from "./kernel_choices_file.ts";

/**
 * Asks for a device, with the kernel choices that `tune` found for it.
 *
 * @param options Which adapter to take.
 * @returns The device.
 * @throws {DeviceError} If there is none.
 */
export async function openGpu(options: GpuOptions = {}): Promise<Gpu> {
  const gpu = await Gpu.request(options);
  gpu.choices.add(await readKernelChoices(gpu.info.description));
  return gpu;
}

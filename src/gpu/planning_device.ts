/**
 * A device that runs nothing and holds nothing: its buffers and textures are sizes. What is recorded for it
 * takes from a pool just what it would take on a GPU.
 *
 * @module
 */
import type { Gpu } from "./device.ts";
import { TEXELS } from "./texture_views.ts";

/** What was made on a {@linkcode PlanningDevice} and not destroyed. Unit: bytes. */
export interface PlannedBytes {
  /** All buffers, those of the pool included. */
  readonly buffers: number;
  /** All textures. */
  readonly textures: number;
}

const nothing = (): void => {};

const TEXEL_BYTES = new Map<string, number>(
  Object.values(TEXELS).map(({ format, bytes }) => [format, bytes]),
);

/** Stands in for a GPU, so that memory can be planned by running the code that takes it. */
export class PlanningDevice {
  /** Records as the GPU would, with the same kernels. */
  readonly gpu: Gpu;
  #buffers = 0;
  #textures = 0;

  /**
   * Nothing is made yet but what every device has.
   *
   * @param like The GPU that it stands in for: its kind, limits and features decide about kernels.
   */
  constructor(like: Gpu) {
    const { limits, features } = like.device;
    const device: Partial<Record<keyof GPUDevice, unknown>> = {
      limits,
      features,
      lost: new Promise(nothing),
      queue: { writeBuffer: nothing, submit: nothing },
      addEventListener: nothing,
      destroy: nothing,
      createBuffer: (init: GPUBufferDescriptor) => this.#buffer(init),
      createTexture: (init: GPUTextureDescriptor) => this.#texture(init),
      createBindGroup: () => ({}),
      createBindGroupLayout: () => ({}),
      createPipelineLayout: () => ({}),
      createComputePipeline: () => ({}),
      createShaderModule: () => ({ getCompilationInfo: () => Promise.resolve({ messages: [] }) }),
      createCommandEncoder: () => ({
        beginComputePass: () => ({
          setPipeline: nothing,
          setBindGroup: nothing,
          dispatchWorkgroups: nothing,
          end: nothing,
        }),
        copyBufferToBuffer: nothing,
        copyBufferToTexture: nothing,
        clearBuffer: nothing,
        finish: () => ({}),
      }),
    };
    this.gpu = like.over(device as unknown as GPUDevice);
    this.gpu.choices.add(like.choices.toJson());
  }

  /** What is held. */
  get bytes(): PlannedBytes {
    return { buffers: this.#buffers, textures: this.#textures };
  }

  #buffer({ size }: GPUBufferDescriptor): Pick<GPUBuffer, "size" | "destroy"> {
    this.#buffers += size;
    return { size, destroy: () => void (this.#buffers -= size) as undefined };
  }

  #texture(
    { size, format }: GPUTextureDescriptor,
  ): { createView: () => object; destroy: () => void } {
    const bytes = [...size as Iterable<number>].reduce((product, extent) => product * extent, 1) *
      TEXEL_BYTES.get(format)!;
    this.#textures += bytes;
    return { createView: () => ({}), destroy: () => void (this.#textures -= bytes) };
  }
}

/**
 * Every rank gets the parameters that others have updated.
 *
 * @module
 */
import type { Communicator } from "../../distributed/communicator.ts";
import type { Gpu } from "../../gpu/device.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import type { ParameterSegment } from "../../optim/parameter_groups.ts";

/** Hands the values of the owner's parameters to all. */
export class ParameterExchange {
  readonly #gpu: Gpu;
  readonly #communicator: Communicator;
  readonly #shards: (readonly ParameterSegment[])[];
  readonly #staging: GPUBuffer | null;

  /**
   * Takes the room on the host.
   *
   * @param gpu The device.
   * @param shards For each rank the pieces that it owns.
   * @param communicator Carries values.
   */
  constructor(
    gpu: Gpu,
    shards: (readonly ParameterSegment[])[],
    communicator: Communicator,
  ) {
    this.#gpu = gpu;
    this.#communicator = communicator;
    this.#shards = shards;
    const size = bytesOf(shards[communicator.rank]);
    this.#staging = size === 0 ? null : gpu.device.createBuffer({
      label: "parameters for other ranks",
      size,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
  }

  /** Replaces the parameters of other ranks by what these have. */
  async share(): Promise<void> {
    const { recorder } = this.#gpu;
    using _span = recorder.spans?.open("exchange parameters");
    const all = await this.#communicator.allGather(await this.#read());
    this.#shards.forEach((segments, rank) => {
      if (rank === this.#communicator.rank) return;
      let end = 0;
      for (const { values } of segments) {
        const part = all[rank].slice(end, end += values.size) as Float32Array<ArrayBuffer>;
        recorder.write(values.allocation, values.byteOffset, part);
      }
    });
    this.#gpu.check();
  }

  /** Frees the room. */
  destroy(): void {
    this.#staging?.destroy();
  }

  /** This rank's parameters, after what is recorded. */
  async #read(): Promise<Float32Array> {
    const { recorder } = this.#gpu;
    if (this.#staging === null) {
      recorder.submit();
      return new Float32Array(0);
    }
    let end = 0;
    for (const { values } of this.#shards[this.#communicator.rank]) {
      const { allocation, byteOffset, bytes }: Tensor = values;
      const encoder = recorder.encoder();
      encoder.copyBufferToBuffer(allocation.buffer, byteOffset, this.#staging, end, bytes);
      end += bytes;
    }
    recorder.submit();
    await this.#staging.mapAsync(GPUMapMode.READ);
    const found = new Float32Array(this.#staging.getMappedRange().slice(0));
    this.#staging.unmap();
    return found;
  }
}

function bytesOf(segments: readonly ParameterSegment[]): number {
  return segments.reduce((sum, { values }) => sum + values.bytes, 0);
}

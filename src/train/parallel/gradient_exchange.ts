/**
 * Gradients of all ranks become their sum: from the GPU to the host, through the communicator, and back.
 *
 * @module
 */
import type { Communicator } from "../../distributed/communicator.ts";
import type { Gpu } from "../../gpu/device.ts";
import type { ParameterStore } from "../../gpu/parameter_slab.ts";
import type { TapeOptions } from "../../ops/tape.ts";
import { type BucketPlace, gradientBuckets } from "./gradient_buckets.ts";
import { GradientReadiness } from "./gradient_readiness.ts";

/** As much as PyTorch exchanges at once. Unit: MiB. */
const BUCKET_MB = 25;

/** What travels as one. */
interface Bucket extends BucketPlace {
  /** Where the host reads it. */
  readonly staging: GPUBuffer;
}

/** How gradients travel. */
export interface ExchangeOptions {
  /** Carries them. */
  readonly communicator: Communicator;
  /** The most that travels as one; null for the default, 25. Unit: MiB. */
  readonly bucketMb: number | null;
  /** `"fp16"` for halves with a scale, see `ReduceOptions.compression`. Default: f32. */
  readonly compression?: "fp16";
}

/**
 * Adds gradients up over ranks, in the order of ranks, so that all have the same bits. Buckets follow
 * each other as backward finishes them, in the same order on all ranks ({@linkcode gradientBuckets}): while one
 * travels, the next is read back and the one before is written.
 *
 * With {@linkcode observer} a bucket is copied as soon as nothing more is added to it, within the backward
 * pass: recording takes the host a fraction of the time that the GPU needs, so that the first buckets
 * travel while the GPU is at the rest of the pass. What was copied too early is copied again.
 *
 * The host holds the gradients once, where the GPU puts them, and two buckets more.
 */
export class GradientExchange {
  readonly #gpu: Gpu;
  readonly #communicator: Communicator;
  readonly #compression: "f16" | "none";
  readonly #buckets: readonly Bucket[];
  readonly #readiness: GradientReadiness;
  #isObserving = false;
  /** Buckets that were copied before the backward pass of the last step had been recorded. */
  #early = 0;

  /**
   * Takes the room on the host.
   *
   * @param gpu The device.
   * @param stores The parameters that are trained.
   * @param options Who carries gradients, and how much at once.
   */
  constructor(
    gpu: Gpu,
    stores: readonly ParameterStore[],
    { communicator, bucketMb, compression }: ExchangeOptions,
  ) {
    this.#gpu = gpu;
    this.#communicator = communicator;
    this.#compression = compression === "fp16" ? "f16" : "none";
    const most = (bucketMb ?? BUCKET_MB) * 2 ** 20;
    this.#buckets = gradientBuckets(stores, most).map((part) => ({
      ...part,
      staging: gpu.device.createBuffer({
        label: "gradients for other ranks",
        size: part.bytes,
        usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
      }),
    }));
    this.#readiness = new GradientReadiness(this.#buckets.map(({ parameters }) => parameters));
  }

  /** Buckets of the last step that were copied while its backward pass was recorded. */
  get earlyBuckets(): number {
    return this.#early;
  }

  /**
   * What a tape must tell for buckets to be copied within its backward pass, the last of a step.
   *
   * @param kind The same object for passes that run the same ops, such as the loss.
   * @returns The option `observe` of the tape.
   */
  observer(kind: object): NonNullable<TapeOptions["observe"]> {
    this.#isObserving = true;
    this.#early = 0;
    this.#readiness.begin(kind);
    return (_, what) => {
      if (what !== "gradient") return;
      const ready = this.#readiness.next();
      if (ready.length === 0) return;
      for (const bucket of ready) this.#copy(this.#buckets[bucket]);
      this.#early += ready.length;
      this.#gpu.recorder.submit();
    };
  }

  /** The gradients as they travel, scales of halves left out. Unit: bytes. */
  get bytes(): number {
    const bytes = this.#buckets.reduce((sum, { bytes }) => sum + bytes, 0);
    return this.#compression === "f16" ? bytes / 2 : bytes;
  }

  /**
   * Replaces the gradients by their sum over all ranks.
   *
   * @throws {DeviceError} If the device failed.
   */
  async reduce(): Promise<void> {
    const { recorder } = this.#gpu;
    using _span = recorder.spans?.open("exchange gradients");
    const rest = this.#isObserving
      ? this.#readiness.end().map((bucket) => this.#buckets[bucket])
      : this.#buckets;
    this.#isObserving = false;
    for (const bucket of rest) this.#copy(bucket);
    recorder.submit();
    const mapped = this.#buckets.map(({ staging }) => staging.mapAsync(GPUMapMode.READ));
    // A bucket that fails is waited for below; none of the others may be without a listener then.
    mapped.forEach((map) => map.catch(() => {}));
    const options = { compression: this.#compression };
    let before: Promise<void> = Promise.resolve();
    for (const [i, { gradients, offset, staging }] of this.#buckets.entries()) {
      await mapped[i];
      const values = new Float32Array(staging.getMappedRange().slice(0));
      staging.unmap();
      await before;
      before = this.#communicator.allReduce(values, options).then(() =>
        recorder.write(gradients.allocation, gradients.byteOffset + offset, values)
      );
      before.catch(() => {});
    }
    await before;
    this.#gpu.check();
  }

  #copy({ gradients, offset, bytes, staging }: Bucket): void {
    const { allocation, byteOffset } = gradients;
    const encoder = this.#gpu.recorder.encoder();
    encoder.copyBufferToBuffer(allocation.buffer, byteOffset + offset, staging, 0, bytes);
  }

  /** Frees the room. */
  destroy(): void {
    this.#readiness.destroy();
    for (const { staging } of this.#buckets) staging.destroy();
  }
}

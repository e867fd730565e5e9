/**
 * The communicator of a process that is alone.
 *
 * @module
 */
import type { Agreement, Communicator, Payload } from "./communicator.ts";
import { decodeJson, encodeJson } from "./json_bytes.ts";
import { elementsOf } from "./payload_bytes.ts";

/** Rank 0 of 1: what it is given is what all ranks together have. */
export class SingleProcess implements Communicator {
  /** Always 0. */
  readonly rank = 0;
  /** Always 1. */
  readonly size = 1;
  /** Always 0. */
  readonly localRank = 0;
  /** Always 1. */
  readonly localSize = 1;
  #finished = false;

  /** Leaves the values as they are; without other ranks nothing is compressed. */
  async allReduce(_values: Float32Array): Promise<void> {
    await this.#call("allReduce");
  }

  /** A copy of all values. */
  async reduceScatter(values: Float32Array): Promise<Float32Array<ArrayBuffer>> {
    await this.#call("reduceScatter");
    return new Float32Array(values);
  }

  /** A copy of the values. */
  async allGather<T extends Payload>(values: T): Promise<T[]> {
    await this.#call("allGather");
    elementsOf(values);
    return [values.slice() as T];
  }

  /** Leaves the values as they are. */
  async broadcast(values: Payload, root = 0): Promise<void> {
    await this.#call("broadcast", root);
    elementsOf(values);
  }

  /** Does nothing. */
  async barrier(): Promise<void> {
    await this.#call("barrier");
  }

  /** The answer of the one rank. */
  async agree(flag: boolean): Promise<Agreement> {
    await this.#call("agree");
    return { any: flag, all: flag };
  }

  /** A copy of the value. */
  async broadcastJson<T>(value: T, root = 0): Promise<T> {
    await this.#call("broadcastJson", root);
    return decodeJson(encodeJson(value)) as T;
  }

  /** A copy of the value. */
  async gatherJson<T>(value: T): Promise<T[]> {
    await this.#call("gatherJson");
    return [decodeJson(encodeJson(value)) as T];
  }

  /** Ends the process. */
  abort(code: number, reason: string): Promise<never> {
    Deno.stderr.writeSync(new TextEncoder().encode(`The process ends: ${reason}\n`));
    Deno.exit(code);
  }

  /** Refuses all later calls. */
  finish(): Promise<void> {
    this.#finished = true;
    return Promise.resolve();
  }

  async #call(name: string, root = 0): Promise<void> {
    if (this.#finished) {
      throw new Error(`Cannot ${name}: the communicator is finished; call finish() last`);
    }
    if (root !== 0) {
      throw new RangeError(`Cannot ${name}: found root ${root}, wanted a rank from 0 to 0`);
    }
    await null; // The caller goes on first, as it does with several ranks.
  }
}

/**
 * Requests to a worker that answers each of them once and in order.
 *
 * @module
 */
import { DeviceError, InputError, OutputError, UsageError } from "../errors.ts";
import { host } from "../host/host.ts";

/** What a worker posts for a request: a value, or name and message of what was thrown. */
export type WorkerAnswer<Value> =
  | { readonly value: Value }
  | { readonly error: { readonly name: string; readonly message: string } };

/** A request that has no answer yet. */
interface Waiting<Value> {
  resolve(value: Value): void;
  reject(error: Error): void;
}

/** What Deno says where a permission is missing; of an error in a worker its text alone arrives. */
const REFUSAL = /^Requires \w+ access/;

const ERRORS = [
  UsageError,
  InputError,
  OutputError,
  DeviceError,
  TypeError,
  RangeError,
  SyntaxError,
];

/** The side of a worker that asks. */
export class WorkerClient<Request, Value> {
  readonly #worker: Worker;
  readonly #waiting: Waiting<Value>[] = [];
  #end: Error | null = null;

  /**
   * Takes over a worker; nobody else may post to it.
   *
   * @param worker Answers every message with one {@linkcode WorkerAnswer}, in their order.
   * @param onDeath Is told when the worker has failed: its module cannot be loaded, or it did not
   *   catch an error. What waited has been rejected with the same error.
   */
  constructor(worker: Worker, onDeath: (error: Error) => void = () => {}) {
    this.#worker = worker;
    const die = (reason: string) => {
      if (this.#end !== null) return;
      const cause = REFUSAL.test(reason) ? host().process.notPermitted(reason) : undefined;
      const error = new Error(`Cannot get an answer from a worker, it died: ${reason}`, { cause });
      this.close(error);
      onDeath(error);
    };
    worker.onmessage = ({ data }: MessageEvent<WorkerAnswer<Value>>) => this.#receive(data);
    worker.onmessageerror = () => die("an answer cannot be read");
    worker.onerror = (event) => {
      event.preventDefault(); // or the process ends
      die(event.message);
    };
  }

  /**
   * Sends a request.
   *
   * @param message What the worker understands; it is copied.
   * @returns The worker's answer.
   * @throws {Error} What was thrown in the worker, with its class and message; or why there is no
   *   answer: the worker died or was closed.
   */
  request(message: Request): Promise<Value> {
    if (this.#end !== null) return Promise.reject(this.#end);
    return new Promise((resolve, reject) => {
      this.#worker.postMessage(message);
      this.#waiting.push({ resolve, reject });
    });
  }

  /**
   * Ends the worker. What waits is rejected, and so are later requests.
   *
   * @param reason The error to reject with; a second one has no effect.
   */
  close(reason: Error): void {
    if (this.#end !== null) return;
    this.#end = reason;
    this.#worker.terminate();
    for (const { reject } of this.#waiting.splice(0)) reject(reason);
  }

  #receive(answer: WorkerAnswer<Value>): void {
    const waiting = this.#waiting.shift();
    if ("value" in answer) waiting?.resolve(answer.value);
    else waiting?.reject(revive(answer.error));
  }
}

/** An error does not keep its class on the way. */
function revive({ name, message }: { name: string; message: string }): Error {
  const known = ERRORS.find((kind) => kind.name === name);
  if (known !== undefined) return new known(message);
  const error = new Error(message);
  error.name = name;
  return error;
}

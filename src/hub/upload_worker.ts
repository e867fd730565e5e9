/**
 * A worker that sends files to the hub: hashing them would keep the steps of a run waiting.
 *
 * @module
 */
import type { WorkerAnswer } from "../data/worker_client.ts";
import { type Upload, uploadFiles } from "./upload_files.ts";

/** What this module uses of a worker's global scope, which the types of a main thread lack. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<Upload>) => void) | null;
  postMessage(answer: WorkerAnswer<string>): void;
}

const scope = globalThis as unknown as WorkerScope;

scope.onmessage = async ({ data }) => {
  try {
    scope.postMessage({ value: await uploadFiles(data) });
  } catch (thrown) {
    const { name, message } = thrown instanceof Error ? thrown : new Error(String(thrown));
    scope.postMessage({ error: { name, message } });
  }
};

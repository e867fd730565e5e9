/**
 * For a page: what comes of a run with files in memory is the text of `#status`, as JSON.
 *
 * @module
 */
import { memoryRun } from "./memory_run.ts";

const page = globalThis as unknown as {
  document: { getElementById(id: string): { textContent: string; dataset: { state?: string } } };
};
const status = page.document.getElementById("status");
const facts = async () => ({ hasDeno: "Deno" in globalThis, ...await memoryRun() });
status.textContent = JSON.stringify(await facts().catch(({ stack }) => stack));
status.dataset.state = "done";

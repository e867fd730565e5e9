/**
 * Prints what comes of a run with files in memory as JSON.
 *
 * @module
 */
import { memoryRun } from "../../support/memory_run.ts";

console.log(JSON.stringify(await memoryRun()));

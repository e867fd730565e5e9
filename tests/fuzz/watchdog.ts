/**
 * Ends the process where one input takes too long: a loop without an end cannot be left otherwise.
 *
 * @module
 */

/** What the watchdog is told at first. */
export interface WatchdogInit {
  /** Two numbers: how many inputs were begun, and the index of the present one. */
  readonly progress: SharedArrayBuffer;
  /** What to say of a hang. */
  readonly name: string;
  /** After how long an input hangs. */
  readonly seconds: number;
}

const PERIOD_MS = 1000;

const scope = globalThis as unknown as { onmessage: (event: MessageEvent<WatchdogInit>) => void };

scope.onmessage = ({ data: { progress, name, seconds } }) => {
  const counts = new Int32Array(progress);
  let [last, periods] = [-1, 0];
  setInterval(() => {
    const begun = Atomics.load(counts, 0);
    periods = begun === last ? periods + 1 : 0;
    last = begun;
    if (periods < seconds) return;
    console.error(`${name}: input ${Atomics.load(counts, 1)} hangs`);
    Deno.kill(Deno.pid, "SIGKILL");
  }, PERIOD_MS);
};

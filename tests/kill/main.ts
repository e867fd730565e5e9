/**
 * Kills a run many times and says what was found: `deno task kill --kills 200`.
 *
 * @module
 */
import { killRun } from "./kill_run.ts";

if (import.meta.main) {
  const at = Deno.args.indexOf("--kills");
  const kills = at < 0 ? 200 : Number(Deno.args[at + 1]);
  if (!Number.isSafeInteger(kills) || kills < 1) {
    console.error(`Cannot kill ${Deno.args[at + 1]} times: wanted a whole number from 1 on`);
    Deno.exit(2);
  }
  const started = performance.now();
  const report = await killRun({
    kills,
    steps: kills + 20,
    onKill: (line) => console.log(line),
  });
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(JSON.stringify({ ...report, seconds }));
}

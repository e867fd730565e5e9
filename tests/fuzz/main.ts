/**
 * Gives every reader of files many damaged inputs:
 *
 * ```sh
 * deno task fuzz --runs 100000 --seed 1 --target jsonl
 * ```
 *
 * `--from` begins at an index, to read one input again with `--runs 1`.
 *
 * @module
 */
import { parseArgs } from "@std/cli";
import { type Outcome, runTarget } from "./run_target.ts";
import { TARGETS } from "./targets.ts";

const { runs, seed, from, target: names } = parseArgs(Deno.args, {
  string: ["runs", "seed", "from", "target"],
  default: { runs: "100000", seed: "1", from: "0" },
});
const wanted = TARGETS.filter(({ name }) => names === undefined || names.split(",").includes(name));
if (wanted.length === 0) {
  console.error(`Cannot run target "${names}": known are ${TARGETS.map((t) => t.name).join(", ")}`);
  Deno.exit(2);
}

let failed = false;
console.log("target                inputs   results    errors  slowest ms  growth MiB  seconds");
for (const target of wanted) {
  const start = performance.now();
  const options = { runs: Number(runs), seed: Number(seed), from: Number(from) };
  const outcome = await runTarget(target, options);
  console.log(rowOf(target.name, outcome, (performance.now() - start) / 1000));
  for (const { index, problem } of outcome.failures) {
    failed = true;
    console.log(`  --target ${target.name} --seed ${seed} --from ${index} --runs 1: ${problem}`);
  }
}
if (failed) Deno.exit(1);

function rowOf(name: string, outcome: Outcome, seconds: number): string {
  const { inputs, results, clearErrors, slowestMs, growth } = outcome;
  return name.padEnd(18) + [
    `${inputs}`.padStart(10),
    `${results}`.padStart(10),
    `${clearErrors}`.padStart(10),
    slowestMs.toFixed(1).padStart(12),
    (growth / 2 ** 20).toFixed(1).padStart(12),
    seconds.toFixed(0).padStart(9),
  ].join("");
}

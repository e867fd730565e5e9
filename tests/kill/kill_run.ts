/**
 * A run that is killed again and again, beside one that is not: what is left must be whole each time,
 * nothing may be lost, and in the end both must have the same bits.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { listCheckpoints } from "../../src/io/checkpoint.ts";
import { verifyChecksums } from "../../src/io/checksums.ts";
import { TEMPORARY_PREFIX } from "../../src/io/temporary_name.ts";
import { tinyConfig, withTinyBert } from "../support/model_directory.ts";
import { withFolder } from "../support/with_folder.ts";

const CLI = fromFileUrl(new URL("../../cli.ts", import.meta.url));

/** When a process is killed, and how often: while it starts, anywhere in a step, while it writes. */
const MOMENTS = { starting: 0.15, stepping: 0.45, writing: 0.4 } as const;

type Moment = keyof typeof MOMENTS;

/** Milliseconds between two looks at the output directory. */
const LOOK = 4;

/** What is wanted. */
export interface KillPlan {
  /** How often the run is killed. */
  readonly kills: number;
  /** Optimizer steps of the run, each with a checkpoint; where they do not suffice, another run follows. */
  readonly steps: number;
  /** Told after each kill. */
  readonly onKill?: (line: string) => void;
}

/** What was found. */
export interface KillReport {
  /** Kills by the moment that was chosen. */
  readonly kills: Record<Moment, number>;
  /** Kills that left something half written, half replaced or half removed. */
  readonly interrupted: number;
  /** Processes that went on from a checkpoint and told so. */
  readonly resumed: number;
  /** Runs whose last weights and optimizer were compared. */
  readonly compared: number;
}

/** Pairs of texts, each its own. */
const PAIRS = Array.from({ length: 23 }, (_, i) => {
  const text = (shift: number) => `${String.fromCharCode(97 + (i + shift) % 26)} ${i % 7}`;
  return `${JSON.stringify({ anchor: text(0), positive: text(9) })}\n`;
}).join("");

/**
 * Kills a run as often as is wanted.
 *
 * @param plan What is wanted.
 * @returns What was found.
 * @throws {AssertionError} If a checkpoint is half, a good one is lost, or the last bits differ.
 */
export async function killRun(plan: KillPlan): Promise<KillReport> {
  const config = {
    ...await tinyConfig(),
    hidden_dropout_prob: 0.1,
    attention_probs_dropout_prob: 0.1,
  };
  const kills = { starting: 0, stepping: 0, writing: 0 };
  const report = { kills, interrupted: 0, resumed: 0, compared: 0 };
  await withTinyBert({ "config.json": config }, async (model) => {
    await withFolder({ "pairs.jsonl": PAIRS }, async (folder) => {
      const place = { model, folder, steps: plan.steps };
      await finish({ ...place, name: "whole", resume: false });
      const done = () => Object.values(kills).reduce((sum, count) => sum + count, 0);
      while (done() < plan.kills) {
        const name = `killed_${report.compared}`;
        await killUntilOver({ ...place, name }, plan, { report, done });
        await compare(folder, name, plan.steps);
        report.compared++;
      }
    });
  });
  return report;
}

interface Place {
  model: string;
  folder: string;
  name: string;
  steps: number;
}

/** One run, killed until enough is enough; the last process may end it. */
async function killUntilOver(
  place: Place,
  { kills, onKill }: KillPlan,
  { report, done }: { report: Writable<KillReport>; done: () => number },
): Promise<void> {
  const outputDir = join(place.folder, place.name);
  let newest = 0;
  let startTime = 1500;
  while (done() < kills) {
    const moment = draw();
    const started = performance.now();
    const child = command({ ...place, resume: newest > 0 }).spawn();
    const over = child.output();
    let isOver = false;
    void over.then(() => isOver = true);
    await waitFor(moment, { outputDir, newest, startTime, isOver: () => isOver });
    if (moment !== "starting") startTime = performance.now() - started;
    try {
      child.kill("SIGKILL");
    } catch {
      // It was faster.
    }
    const { signal, code, stdout, stderr } = await over;
    assert(signal === "SIGKILL" || code === 0, new TextDecoder().decode(stderr));
    const resumed = /Resumed at step (\d+)/.exec(new TextDecoder().decode(stdout))?.[1];
    if (resumed !== undefined) {
      report.resumed++;
      assert(Number(resumed) >= newest, `went on from ${resumed}, not from ${newest}`);
    }
    if (signal === null) return;
    report.kills[moment]++;
    const half = names(outputDir).filter((name) => name.startsWith(TEMPORARY_PREFIX));
    if (half.length > 0) report.interrupted++;
    const found = await newestWhole(outputDir);
    assert(found >= newest, `checkpoint ${newest} is lost, ${found} is the newest`);
    newest = found;
    onKill?.(`kill ${done()} (${moment}): checkpoint ${newest}, ${half.length} half`);
  }
  await finish({ ...place, resume: newest > 0 });
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

function draw(): Moment {
  let left = Math.random();
  for (const [moment, share] of Object.entries(MOMENTS)) {
    if ((left -= share) < 0) return moment as Moment;
  }
  return "writing";
}

/** Waits for a moment of the given kind, or until the run is over. */
async function waitFor(
  moment: Moment,
  { outputDir, newest, startTime, isOver }: {
    outputDir: string;
    newest: number;
    startTime: number;
    isOver: () => boolean;
  },
): Promise<void> {
  if (moment === "starting") return await pause(Math.random() * startTime);
  const isWriting = () =>
    names(outputDir).some((name) => name.startsWith(`${TEMPORARY_PREFIX}checkpoint`));
  const steps = async () => (await listCheckpoints(outputDir)).at(-1)?.step ?? 0;
  // What an earlier process has left looks like writing: the first new checkpoint tells that this one does.
  while (!isOver() && await steps() <= newest) await pause(LOOK);
  if (moment === "writing") { while (!isOver() && !isWriting()) await pause(1); }
  await pause(Math.random() * (moment === "writing" ? 12 : 100));
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function names(outputDir: string): string[] {
  try {
    return [...Deno.readDirSync(outputDir)].map(({ name }) => name);
  } catch {
    return [];
  }
}

/** The newest checkpoint; every one that has its name must be whole. */
async function newestWhole(outputDir: string): Promise<number> {
  let newest = 0;
  for (const { path, step } of await listCheckpoints(outputDir)) {
    assert(await verifyChecksums(path), `${path} has no checksums`);
    newest = step;
  }
  return newest;
}

async function compare(folder: string, name: string, steps: number): Promise<void> {
  const read = (run: string, ...path: string[]) => Deno.readFile(join(folder, run, ...path));
  const last = `checkpoint-${steps}`;
  for (const file of [["final", "model.safetensors"], [last, "optimizer.safetensors"]]) {
    assertEquals(await read(name, ...file), await read("whole", ...file), file.join("/"));
  }
  const left = names(join(folder, name)).filter((entry) => !/\.jsonl$|^runs$/.test(entry));
  assertEquals(
    left.sort(),
    [`checkpoint-${steps - 1}`, last, "final", "trainer_state.json"].sort(),
  );
}

async function finish(place: Place & { resume: boolean }): Promise<void> {
  const { code, stderr } = await command(place).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
}

/** A run whose every step draws dropout and, unless it is the whole one, ends with a checkpoint. */
function command({ model, folder, name, steps, resume }: Place & { resume: boolean }) {
  const flags = {
    model,
    "train-dataset": join(folder, "pairs.jsonl"),
    "output-dir": join(folder, name),
    "max-steps": steps,
    "per-device-train-batch-size": 3,
    "gradient-accumulation-steps": 2,
    "save-strategy": "steps",
    "save-steps": name === "whole" ? steps : 1,
    "save-total-limit": 2,
    "learning-rate": 1e-2,
    fp16: true,
    "batch-sampler": "no_duplicates",
  };
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", CLI, "train"],
      ...Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, String(value)]),
      ...(resume ? ["--resume-from-checkpoint", "true"] : []),
    ],
    stdout: "piped",
    stderr: "piped",
  });
}

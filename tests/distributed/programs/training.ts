/**
 * Trains the tiny model on all ranks. The first argument are training arguments as JSON; the second is
 * what happens on rank 1 before its fourth step, if anything. Each rank tells its step, a hash of its
 * parameters and the last loss.
 */
import { StoppedRun } from "../../../src/cli/stop_signals.ts";
import { withRanks } from "../../../src/cli/with_ranks.ts";
import { Gpu } from "../../../src/gpu/device.ts";
import { CosineSimilarityLoss } from "../../../src/losses/cosine_similarity_loss.ts";
import { Interruption } from "../../../src/train/interruption.ts";
import { scoredPairs } from "../../support/tiny_ranks.ts";
import { bitsOf, tinyTrainer } from "../../support/tiny_training.ts";

const [json, fate] = Deno.args;
const { ddpTimeout = 60, ...args } = JSON.parse(json);

await withRanks(async (communicator) => {
  const { rank } = communicator;
  const stop = new AbortController();
  const trainer = await tinyTrainer(await Gpu.request(), { loggingSteps: 1, ...args }, {
    trainDataset: scoredPairs(24),
    loss: new CosineSimilarityLoss(),
    communicator,
    signal: stop.signal,
    callbacks: [{
      name: "fate",
      async onStepBegin({ state }) {
        if (rank !== 1 || state.globalStep !== 3) return;
        if (fate === "is killed") Deno.kill(Deno.pid, "SIGKILL");
        if (fate === "hangs") await new Promise((resolve) => setTimeout(resolve, 60_000));
        if (fate === "throws") throw new TypeError("rank 1 has no data");
        if (fate === "is stopped") stop.abort("SIGTERM");
      },
    }],
  });
  try {
    await trainer.train();
  } catch (error) {
    if (!(error instanceof Interruption)) throw error;
    console.log(`rank ${rank}: ${error.message}`);
    throw new StoppedRun("stopped", 143);
  }
  const bits = Object.values(await bitsOf(trainer.model)).flatMap((words) => [...words]);
  const hash = bits.reduce((hash, word) => Math.imul(hash ^ word, 0x01000193) >>> 0, 0x811c9dc5);
  const loss = trainer.state.logHistory.findLast(({ loss }) => loss != null)!.loss;
  console.log(
    `rank ${rank}: step ${trainer.state.globalStep} hash ${hash.toString(16)} loss ${loss}`,
  );
}, ddpTimeout).catch((error) => {
  if (!(error instanceof StoppedRun)) throw error;
  Deno.exit(error.code);
});
Deno.exit(0);

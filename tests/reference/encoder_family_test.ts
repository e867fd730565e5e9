import { assertEquals } from "@std/assert";
import { readGolden } from "../golden/golden.ts";
import { assertClose } from "../support/assert_close.ts";
import { bert } from "./bert.ts";
import { distilbert } from "./distilbert.ts";
import type { EncoderInput, EncoderOutput } from "./encoder_nodes.ts";
import { l2Normalize, l2NormalizeBackward } from "./l2_normalize.ts";
import { modernbert } from "./modernbert.ts";
import { mpnet, mpnetBucket } from "./mpnet.ts";
import { pool, poolBackward } from "./pool.ts";
import {
  similarityCrossEntropy,
  similarityCrossEntropyBackward,
} from "./similarity_cross_entropy.ts";

const C = 32;
/** What storing as f32 costs, with room for the order of additions in float64. */
const stored = { absolute: 1e-12, relative: 2 ** -23 };

const ENCODERS: Record<string, (input: Omit<EncoderInput, "eps" | "layers">) => EncoderOutput> = {
  roberta: (input) => bert({ ...input, eps: 1e-5, layers: 2 }, 2),
  distilbert: (input) => distilbert({ ...input, eps: 1e-12, layers: 2 }),
  mpnet: (input) => mpnet({ ...input, eps: 1e-12, layers: 2 }),
  modernbert: (input) =>
    modernbert({ ...input, eps: 1e-5, layers: 3 }, {
      globalEvery: 2,
      window: 4,
      globalBase: 160000,
      localBase: 10000,
    }),
};

for (const [kind, encode] of Object.entries(ENCODERS)) {
  Deno.test(`the reference of ${kind} gives what PyTorch recorded, every gradient included`, async () => {
    const { weights, recording, sequences } = await readGolden(kind);
    const output = encode({ weights, C, H: 2, sequences });
    const { hidden, sequenceStarts } = output;
    assertClose(hidden, recording.get("hidden")!, { op: "hidden", ...stored });
    const pooling = { x: hidden, sequenceStarts, C, mode: "mean" } as const;
    const pooled = pool(pooling);
    const embeddings = l2Normalize(pooled, C);
    const half = embeddings.length / 2;
    const [anchors, candidates] = [embeddings.slice(0, half), embeddings.slice(half)];
    const pairs = { anchors, candidates, C, scale: 20 };
    const { loss } = similarityCrossEntropy(pairs);
    assertClose([loss], recording.get("loss")!, { op: "loss", ...stored });
    const { dAnchors, dCandidates } = similarityCrossEntropyBackward(pairs, 1);
    const dEmbeddings = Float64Array.of(...dAnchors, ...dCandidates);
    const dPooled = l2NormalizeBackward(pooled, dEmbeddings, C);
    const gradients = output.backward(poolBackward(pooling, dPooled));
    assertEquals([...gradients.keys()].sort(), [...weights.keys()].sort());
    for (const [name, gradient] of gradients) {
      assertClose(gradient, recording.get(`grad.${name}`)!, { op: name, ...stored });
    }
  });
}

Deno.test("mpnetBucket gives the buckets that PyTorch recorded", async () => {
  const { recording } = await readGolden("mpnet");
  const buckets = [...recording.get("buckets")!];
  assertEquals(buckets.length, 300);
  assertEquals(buckets.map((_, distance) => mpnetBucket(distance)), buckets);
});

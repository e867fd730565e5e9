/**
 * The training step in jax-js, measured: everything in one compiled function. Words are looked up by a
 * product with one-hot rows, since the gradient of its `take` cannot be compiled.
 *
 * @module
 */
import { decays } from "../../src/optim/parameter_groups.ts";
import { type Arrays, type JaxArray, loadJax } from "./jax_js.ts";
import { measure, readPlan } from "./measure.ts";
import { evenBatch, readTask, readWeights } from "./task.ts";
import { usedWeights } from "./used_weights.ts";

const plan = readPlan(Deno.args);
const { what, config, scale, optimizer, batches } = await readTask(plan.task, plan.vocabulary);
const { jax, name, versions } = await loadJax(plan.backend);
const { numpy: np, nn } = jax;
const { hidden_size: width, num_attention_heads: heads } = config;
const even = batches.map(evenBatch);
const { sequences, length } = even[0];
const tokens = sequences * length;
const KEEP = { keepdims: true };

function linear(x: JaxArray, p: Arrays, layer: string): JaxArray {
  return np.matmul(x, p[`${layer}.weight`].transpose()).add(p[`${layer}.bias`]);
}

function norm(x: JaxArray, p: Arrays, layer: string): JaxArray {
  const centred = x.ref.sub(x.mean(-1, KEEP));
  const variance = np.square(centred.ref).mean(-1, KEEP);
  const scaled = centred.div(np.sqrt(variance.add(config.layer_norm_eps)));
  return scaled.mul(p[`${layer}.weight`]).add(p[`${layer}.bias`]);
}

function attention(x: JaxArray, p: Arrays, layer: string): JaxArray {
  const project = (part: string) =>
    linear(x.ref, p, `${layer}.self.${part}`)
      .reshape([sequences, length, heads, width / heads]).transpose([0, 2, 1, 3]);
  const [query, key, value] = ["query", "key", "value"].map(project);
  const scores = np.matmul(query, key.transpose([0, 1, 3, 2])).div(Math.sqrt(width / heads));
  const context = np.matmul(nn.softmax(scores), value)
    .transpose([0, 2, 1, 3]).reshape([tokens, width]);
  return norm(linear(context, p, `${layer}.output.dense`).add(x), p, `${layer}.output.LayerNorm`);
}

function embed(p: Arrays, ids: JaxArray): JaxArray {
  const words = np.matmul(
    nn.oneHot(ids, config.vocab_size),
    p["embeddings.word_embeddings.weight"],
  ).reshape([sequences, length, width]);
  const positions = p["embeddings.position_embeddings.weight"].slice([0, length]);
  const type = p["embeddings.token_type_embeddings.weight"].slice(0);
  const sum = words.add(positions).add(type).reshape([tokens, width]);
  let x = norm(sum, p, "embeddings.LayerNorm");
  for (let i = 0; i < config.num_hidden_layers; i++) {
    const layer = `encoder.layer.${i}`;
    x = attention(x, p, `${layer}.attention`);
    const inner = nn.gelu(linear(x.ref, p, `${layer}.intermediate.dense`), { approximate: false });
    const sum = linear(inner, p, `${layer}.output.dense`).add(x);
    x = norm(sum, p, `${layer}.output.LayerNorm`);
  }
  return x.reshape([sequences, length, width]).mean(1);
}

function lossOf(p: Arrays, ids: JaxArray): JaxArray {
  const embeddings = embed(p, ids);
  const lengths = np.sqrt(np.square(embeddings.ref).sum(-1, KEEP));
  const unit = embeddings.div(lengths);
  const pairs = sequences / 2;
  const scores = np.matmul(unit.ref.slice([0, pairs]), unit.slice([pairs, sequences]).transpose());
  // Compiled, the gradient of its `diagonal` is wrong.
  return nn.logSoftmax(scores.mul(scale)).mul(np.eye(pairs)).sum().div(-pairs);
}

/** Corrections are the learning rate over 1 - beta1^t, and the root of 1 - beta2^t. */
type Corrections = [JaxArray, JaxArray];

const { beta1, beta2, epsilon, learning_rate: rate, weight_decay: decay } = optimizer;
const step = jax.jit((
  p: Arrays,
  first: Arrays,
  second: Arrays,
  ids: JaxArray,
  [stepSize, root]: Corrections,
): [JaxArray, Arrays, Arrays, Arrays] => {
  const refs = Object.fromEntries(Object.entries(p).map(([key, array]) => [key, array.ref]));
  const [loss, gradients] = jax.valueAndGrad(lossOf)(refs, ids);
  const next: [Arrays, Arrays, Arrays] = [{}, {}, {}];
  for (const key of Object.keys(p)) {
    const g = gradients[key];
    const m = first[key].mul(beta1).add(g.ref.mul(1 - beta1));
    const v = second[key].mul(beta2).add(np.square(g).mul(1 - beta2));
    const update = m.ref.mul(stepSize.ref).div(np.sqrt(v.ref).div(root.ref).add(epsilon));
    next[0][key] = p[key].mul(decays(key) ? 1 - rate * decay : 1).sub(update);
    next[1][key] = m;
    next[2][key] = v;
  }
  stepSize.dispose();
  root.dispose();
  return [loss, ...next];
});

const weights = usedWeights(await readWeights(plan.weights), config.vocab_size);
const arrays = (make: (values: Float32Array<ArrayBuffer>) => Float32Array): Arrays =>
  Object.fromEntries(
    weights.map(({ name, shape, values }) => [name, np.array(make(values), { shape })]),
  );
let state = [
  arrays((values) => values),
  arrays((values) => new Float32Array(values.length)),
  arrays((values) => new Float32Array(values.length)),
] as const;

await measure<JaxArray>({
  name,
  what,
  versions,
  run: async (index) => {
    const ids = np.array(even[index % even.length].ids, { shape: [tokens], dtype: np.int32 });
    const scalar = (value: number) => np.array(new Float32Array([value]), { shape: [1] });
    const corrections: Corrections = [
      scalar(rate / (1 - beta1 ** (index + 1))),
      scalar(Math.sqrt(1 - beta2 ** (index + 1))),
    ];
    const [loss, ...next] = step(...state, ids, corrections);
    state = await jax.blockUntilReady(next);
    return loss;
  },
  read: (losses) => Promise.all(losses.map(async (loss) => (await loss.data())[0])),
}, plan);
Deno.exit(0);

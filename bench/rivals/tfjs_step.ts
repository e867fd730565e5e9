/**
 * The training step in TensorFlow.js, measured. Its Adam becomes AdamW by a decay before the update.
 *
 * @module
 */
import { decays } from "../../src/optim/parameter_groups.ts";
import { measure, readPlan } from "./measure.ts";
import { type EvenBatch, evenBatch, readTask, readWeights } from "./task.ts";
import { loadTf, type TfTensor, type TfVariable } from "./tfjs.ts";
import { usedWeights } from "./used_weights.ts";

const plan = readPlan(Deno.args);
const { what, config, scale, optimizer, batches } = await readTask(plan.task, plan.vocabulary);
const { tf, name, versions } = await loadTf(plan.backend);
const { hidden_size: width, num_attention_heads: heads } = config;
const even = batches.map(evenBatch);

const p: Record<string, TfVariable> = {};
for (const weight of usedWeights(await readWeights(plan.weights), config.vocab_size)) {
  p[weight.name] = tf.variable(tf.tensor(weight.values, weight.shape), true, weight.name);
}
const variables = Object.values(p);

function linear(x: TfTensor, layer: string): TfTensor {
  return tf.matMul(x, p[`${layer}.weight`], false, true).add(p[`${layer}.bias`]);
}

function norm(x: TfTensor, layer: string): TfTensor {
  const centred = x.sub(x.mean(-1, true));
  const variance = centred.square().mean(-1, true);
  return centred.div(variance.add(config.layer_norm_eps).sqrt())
    .mul(p[`${layer}.weight`]).add(p[`${layer}.bias`]);
}

function gelu(x: TfTensor): TfTensor {
  return x.mul(0.5).mul(tf.erf(x.mul(Math.SQRT1_2)).add(1));
}

function attention(x: TfTensor, layer: string, { sequences, length }: EvenBatch): TfTensor {
  const project = (part: string) =>
    linear(x, `${layer}.self.${part}`)
      .reshape([sequences, length, heads, width / heads]).transpose([0, 2, 1, 3]);
  const [query, key, value] = ["query", "key", "value"].map(project);
  const scores = tf.matMul(query, key, false, true).div(Math.sqrt(width / heads));
  const context = tf.matMul(tf.softmax(scores), value)
    .transpose([0, 2, 1, 3]).reshape([sequences * length, width]);
  return norm(linear(context, `${layer}.output.dense`).add(x), `${layer}.output.LayerNorm`);
}

function embed(batch: EvenBatch): TfTensor {
  const { ids, sequences, length } = batch;
  const words = tf.gather(p["embeddings.word_embeddings.weight"], tf.tensor1d(ids, "int32"));
  const positions = p["embeddings.position_embeddings.weight"].slice([0, 0], [length, width]);
  const type = p["embeddings.token_type_embeddings.weight"].slice([0, 0], [1, width]);
  const sum = words.reshape([sequences, length, width]).add(positions).add(type);
  let x = norm(sum.reshape([sequences * length, width]), "embeddings.LayerNorm");
  for (let i = 0; i < config.num_hidden_layers; i++) {
    const layer = `encoder.layer.${i}`;
    x = attention(x, `${layer}.attention`, batch);
    const inner = gelu(linear(x, `${layer}.intermediate.dense`));
    x = norm(linear(inner, `${layer}.output.dense`).add(x), `${layer}.output.LayerNorm`);
  }
  return x.reshape([sequences, length, width]).mean(1);
}

function lossOf(batch: EvenBatch): TfTensor {
  const embeddings = embed(batch);
  const unit = embeddings.div(embeddings.square().sum(-1, true).sqrt());
  const pairs = batch.sequences / 2;
  const [anchors, positives] = [0, pairs].map((first) => unit.slice([first, 0], [pairs, width]));
  const scores = tf.matMul(anchors, positives, false, true).mul(scale);
  return tf.logSoftmax(scores).mul(tf.eye(pairs)).sum().div(-pairs);
}

const { beta1, beta2, epsilon, learning_rate: rate, weight_decay: decay } = optimizer;
const adam = tf.train.adam(rate, beta1, beta2, epsilon);

function step(batch: EvenBatch): TfTensor {
  const { value, grads } = tf.variableGrads(() => lossOf(batch), variables);
  tf.tidy(() => {
    for (const variable of variables) {
      if (decays(variable.name)) variable.assign(variable.mul(1 - rate * decay));
    }
  });
  adam.applyGradients(grads);
  tf.dispose(grads);
  return value;
}

await measure<TfTensor>({
  name,
  what,
  versions,
  run: (index) => step(even[index % even.length]),
  read: async (losses) => {
    const values: number[] = [];
    for (const loss of losses) {
      values.push((await loss.data())[0]);
      loss.dispose();
    }
    return values;
  },
}, plan);
Deno.exit(0);

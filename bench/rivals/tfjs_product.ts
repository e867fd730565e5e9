/**
 * The product of TensorFlow.js, measured.
 *
 * @module
 */
import { measure, readPlan } from "./measure.ts";
import { EDGE, factors, productName } from "./product.ts";
import { loadTf, type TfTensor } from "./tfjs.ts";

const plan = readPlan(Deno.args);
const { tf, name, versions } = await loadTf(plan.backend);
const { a, b } = factors();
const left = tf.tensor(a, [EDGE, EDGE]);
const right = tf.tensor(b, [EDGE, EDGE]);

await measure<TfTensor>({
  name,
  what: productName(),
  versions,
  run: () => tf.matMul(left, right),
  read: async (products) => {
    const corner = products[products.length - 1].slice([0, 0], [1, 1]);
    const [element] = await corner.data();
    corner.dispose();
    products.forEach((product) => product.dispose());
    return products.map(() => element);
  },
}, plan);
Deno.exit(0);

/**
 * The product of jax-js, measured.
 *
 * @module
 */
import { type JaxArray, loadJax } from "./jax_js.ts";
import { measure, readPlan } from "./measure.ts";
import { EDGE, factors, productName } from "./product.ts";

const plan = readPlan(Deno.args);
const { jax, name, versions } = await loadJax(plan.backend);
const { numpy: np } = jax;
const { a, b } = factors();
const left = np.array(a, { shape: [EDGE, EDGE] });
const right = np.array(b, { shape: [EDGE, EDGE] });
const product = jax.jit((x: JaxArray, y: JaxArray) => np.matmul(x, y));

await measure<JaxArray>({
  name,
  what: productName(),
  versions,
  // Results are lazy: without waiting for each, only what is read would be computed.
  run: async () => await product(left.ref, right.ref).blockUntilReady(),
  read: async (products) => {
    const last = products[products.length - 1];
    products.slice(0, -1).forEach((other) => other.dispose());
    const [element] = await last.slice(0, [0, 1]).data();
    return products.map(() => element);
  },
}, plan);
Deno.exit(0);

/**
 * The numbers that codes of one byte stand for.
 *
 * @module
 */

const DECADES = 7;
/** What PyTorch divides into even parts, in f32. */
const LOW = Math.fround(0.1);

/**
 * The 256 numbers of dynamic quantization, as bitsandbytes' `create_dynamic_map`, bit for bit: seven decades
 * below 1, of 1, 2, 4 ... 64 numbers each for either sign, or of twice as many from 0 only; with 0 and 1.
 * Source: Dettmers et al., "8-bit Optimizers via Block-wise Quantization", 2022.
 *
 * @param signed Whether half of them lie below zero.
 * @returns The numbers, rising.
 */
export function dynamicMap(signed: boolean): Float32Array<ArrayBuffer> {
  const numbers = [0, 1];
  for (let decade = 0; decade < DECADES; decade++) {
    const power = 10 ** (decade - (DECADES - 1));
    for (const middle of middles(2 ** (decade + (signed ? 0 : 1)))) {
      const number = Math.fround(Math.fround(power) * middle);
      numbers.push(number);
      if (signed) numbers.push(-number);
    }
  }
  return Float32Array.from(numbers).sort();
}

/** The middles of `count` even parts of [0.1, 1], with the roundings of `torch.linspace`. */
function middles(count: number): number[] {
  const step = Math.fround(Math.fround(1 - LOW) / count);
  const edges = Array.from(
    { length: count + 1 },
    (_, i) =>
      i < (count + 1 >> 1)
        ? Math.fround(LOW + Math.fround(step * i))
        : Math.fround(1 - Math.fround(step * (count - i))),
  );
  return edges.slice(1).map((edge, i) => Math.fround(Math.fround(edges[i] + edge) / 2));
}

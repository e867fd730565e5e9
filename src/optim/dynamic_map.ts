/**
 * The numbers that codes of one byte stand for.
 *
 * @module
 */

const DECADES = 7;

/**
 * The 256 numbers of dynamic quantization, as bitsandbytes' `create_dynamic_map`: the middles of even parts
 * of seven decades below 1, of 1, 2, 4 ... 64 parts for either sign, or of twice as many from 0 only; with 0
 * and 1. They are rounded to f32 once; those of bitsandbytes come from `torch.linspace` in f32, whose last
 * bits depend on the processor. Source: Dettmers et al., "8-bit Optimizers via Block-wise Quantization",
 * 2022.
 *
 * @param signed Whether half of them lie below zero.
 * @returns The numbers, rising.
 */
export function dynamicMap(signed: boolean): Float32Array<ArrayBuffer> {
  const numbers = [0, 1];
  for (let decade = 0; decade < DECADES; decade++) {
    const top = 10 ** (decade - (DECADES - 1));
    const parts = 2 ** (signed ? decade : decade + 1);
    for (let part = 0; part < parts; part++) {
      const middle = top * (0.1 + 0.9 * (part + 0.5) / parts);
      numbers.push(middle);
      if (signed) numbers.push(-middle);
    }
  }
  return Float32Array.from(numbers).sort();
}

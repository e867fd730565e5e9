/**
 * Dynamic quantization in blocks, in float64 (Dettmers et al., "8-bit Optimizers via Block-wise
 * Quantization", 2022; the numbers of bitsandbytes' create_dynamic_map).
 *
 * @module
 */

/** Elements that share a scale. */
export const BLOCK = 256;

/** Codes of a tensor, and the greatest magnitude of each block. */
export interface Quantized {
  codes: Uint8Array;
  scales: Float64Array;
}

/** The 256 numbers that codes stand for, rising. */
export function dynamicNumbers(signed: boolean): Float64Array {
  const numbers = [0, 1];
  for (let decade = 1; decade <= 7; decade++) {
    const count = 2 ** (signed ? decade - 1 : decade);
    for (let i = 0; i < count; i++) {
      const number = 10 ** (decade - 7) * (0.1 + 0.9 * (i + 0.5) / count);
      numbers.push(number, ...signed ? [-number] : []);
    }
  }
  return Float64Array.from(numbers).sort();
}

/** The nearest codes; a block of zeros has the code of zero. */
export function quantize(values: Float64Array, numbers: Float64Array): Quantized {
  const scales = new Float64Array(Math.ceil(values.length / BLOCK));
  values.forEach((value, i) => {
    scales[Math.floor(i / BLOCK)] = Math.max(scales[Math.floor(i / BLOCK)], Math.abs(value));
  });
  const codes = Uint8Array.from(values, (value, i) => {
    const scale = scales[Math.floor(i / BLOCK)];
    return nearestCode(scale === 0 ? 0 : value / scale, numbers);
  });
  return { codes, scales };
}

/** The numbers that codes stand for. */
export function dequantize({ codes, scales }: Quantized, numbers: Float64Array): Float64Array {
  return Float64Array.from(codes, (code, i) => scales[Math.floor(i / BLOCK)] * numbers[code]);
}

/** The index of the number that is nearest; of two, the lower one. */
export function nearestCode(value: number, numbers: Float64Array): number {
  let best = 0;
  for (let i = 1; i < numbers.length; i++) {
    if (Math.abs(numbers[i] - value) < Math.abs(numbers[best] - value)) best = i;
  }
  return best;
}

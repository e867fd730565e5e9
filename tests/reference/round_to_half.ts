/**
 * Rounding to 16-bit formats in float64: to the nearest, ties to the even last bit (IEEE 754, 4.3.1).
 *
 * @module
 */

interface Format {
  /** Bits of the fraction. */
  readonly bits: number;
  /** Exponent of the least normal number. */
  readonly least: number;
  /** The largest finite number. */
  readonly largest: number;
}

const FORMATS: Readonly<Record<"f16" | "bf16", Format>> = {
  f16: { bits: 10, least: -14, largest: 65504 },
  bf16: { bits: 7, least: -126, largest: (2 - 2 ** -7) * 2 ** 127 },
};

/** The number of the format that is nearest to `value`; infinite beyond the largest. */
export function roundToHalf(value: number, format: "f16" | "bf16"): number {
  if (!Number.isFinite(value) || value === 0) return value;
  const { bits, least, largest } = FORMATS[format];
  const size = Math.abs(value);
  // Divisions and products by powers of two are exact here, and so is what floor leaves.
  const quantum = 2 ** (Math.max(exponentOf(size), least) - bits);
  const whole = Math.floor(size / quantum);
  const rest = size / quantum - whole;
  const up = rest > 0.5 || (rest === 0.5 && whole % 2 === 1);
  const rounded = (whole + (up ? 1 : 0)) * quantum;
  return Math.sign(value) * (rounded > largest ? Infinity : rounded);
}

/** The exponent e of size = f 2^e with f in [1, 2); for subnormal doubles, less than any format has. */
function exponentOf(size: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, size);
  return (view.getUint16(0) >>> 4) - 1023;
}

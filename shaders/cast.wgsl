// y = x in another element type: f32 to f16 or bf16, rounded to the nearest, ties to even; and back.
//
// A thread owns four neighbours, two words of halves; the last vector may reach beyond a tensor, never
// beyond its buffer. Rounding is done on the bits: pack2x16float may round either way, and what it
// makes of numbers above 65504 is left open, where loss scaling needs the infinity. From 65520 on, half
// way to 65536, f16 is infinite. NaN stays NaN, and subnormal numbers are kept.
#import lib/grid

struct Params {
  quads: u32,
}

#operand 0 x
@group(0) @binding(1) var<storage, read_write> y: array<vec2<u32>>;
@group(0) @binding(2) var<storage, read_write> floats: array<vec4<f32>>;
@group(1) @binding(0) var<uniform> params: Params;

const INFINITY = vec4<u32>(0x7f800000u);

// Rounds away the low `shift` bits.
fn rounded(bits: vec4<u32>, shift: vec4<u32>) -> vec4<u32> {
  let one = vec4<u32>(1u);
  return (bits + (one << (shift - one)) - one + ((bits >> shift) & one)) >> shift;
}

fn f16_of(value: vec4<f32>) -> vec4<u32> {
  let bits = bitcast<vec4<u32>>(value);
  let size = bits & vec4<u32>(0x7fffffffu);
  // Exponents begin at 127 in f32, at 15 in f16: the difference is 112 << 23.
  let normal = rounded(max(size, vec4<u32>(0x38000000u)) - 0x38000000u, vec4<u32>(13u));
  // Below 2^-14 the last bit is worth 2^-24, whatever the exponent; 25 shifts everything out.
  let shift = vec4<u32>(126u) - clamp(size >> vec4<u32>(23u), vec4<u32>(101u), vec4<u32>(112u));
  let fraction = (size & vec4<u32>(0x7fffffu)) | vec4<u32>(0x800000u);
  let finite = select(normal, rounded(fraction, shift), size < vec4<u32>(0x38800000u));
  let half = select(min(finite, vec4<u32>(0x7c00u)), vec4<u32>(0x7e00u), size > INFINITY);
  return half | ((bits >> vec4<u32>(16u)) & vec4<u32>(0x8000u));
}

fn bf16_of(value: vec4<f32>) -> vec4<u32> {
  let bits = bitcast<vec4<u32>>(value);
  let nan = (bits & vec4<u32>(0x7fffffffu)) > INFINITY;
  let quiet = (bits >> vec4<u32>(16u)) | vec4<u32>(0x40u);
  return select(rounded(bits, vec4<u32>(16u)), quiet, nan);
}

fn packed(halves: vec4<u32>) -> vec2<u32> {
  return halves.xz | (halves.yw << vec2<u32>(16u));
}

@compute @workgroup_size(64)
fn to_f16(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i < params.quads) { y[i] = packed(f16_of(x_quad(i))); }
}

@compute @workgroup_size(64)
fn to_bf16(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i < params.quads) { y[i] = packed(bf16_of(x_quad(i))); }
}

@compute @workgroup_size(64)
fn to_f32(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i < params.quads) { floats[i] = x_quad(i); }
}

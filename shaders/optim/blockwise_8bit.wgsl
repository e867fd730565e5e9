// AdamW (`adamw.wgsl`) and Lion (`lion.wgsl`) whose states are codes of one byte. A state of 256
// neighbours, a block, is scale map[code], with scale the greatest magnitude in the block and map the 256
// numbers of dynamic quantization: of either sign for a first moment, from 0 for a second one. A step reads
// the states so, updates them and the values in f32, then stores the new scale and the nearest codes; a
// value half way between two may get either. Four codes make a word, the first in its lowest byte.
//
// LANES threads own a block: they go over it once for its greatest magnitudes and once more, computing the
// same again, to store. GPUs want many lanes, software adapters 1, which needs no barrier. `ranges` holds
// the first vector and the number of vectors of each block. Codes are computed, not searched for: the map
// is seven decades [power / 10, power], each of twice as many numbers as the one below, evenly apart; a
// search of eight loads is far slower on software adapters. Scheduled: as in `adamw.wgsl`, `lion.wgsl`.
#import lib/grid
#import lib/step_control

override LANES: u32 = 64u;

struct Params {
  blocks: u32,
  group: u32,
  decay: u32,
  beta1: f32,
  beta2: f32,
  rest1: f32,
  rest2: f32,
  epsilon: f32,
}

#state 0 values
#state 1 gradients
@group(0) @binding(2) var<storage, read_write> first_codes: array<u32>;
@group(0) @binding(3) var<storage, read_write> first_scales: array<f32>;
@group(0) @binding(4) var<storage, read_write> second_codes: array<u32>;
@group(0) @binding(5) var<storage, read_write> second_scales: array<f32>;
@group(0) @binding(6) var<storage, read> ranges: array<vec2<u32>>;
@group(0) @binding(7) var<storage, read> control: array<f32>;
@group(0) @binding(8) var<storage, read> signed_map: array<f32>;
@group(0) @binding(9) var<storage, read> unsigned_map: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

const BYTES = vec4<u32>(0u, 8u, 16u, 24u);

var<workgroup> peaks: array<vec2<f32>, 64>;

struct Block {
  number: u32,
  lane: u32,
  first: u32,
  // None where the workgroup reaches beyond the last block.
  quads: u32,
}

fn own_block(id: vec3<u32>, count: vec3<u32>, thread: u32) -> Block {
  let number = linear_workgroup(id, count) * (64u / LANES) + thread / LANES;
  let range = ranges[min(number, params.blocks - 1u)];
  return Block(number, thread % LANES, range.x, select(0u, range.y, number < params.blocks));
}

// The greatest over the lanes of a block; every thread must call it.
fn block_peak(value: vec2<f32>, thread: u32) -> vec2<f32> {
  if (LANES == 1u) { return value; }
  peaks[thread] = value;
  workgroupBarrier();
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    if (thread % LANES < half) { peaks[thread] = max(peaks[thread], peaks[thread + half]); }
    workgroupBarrier();
  }
  return peaks[thread - thread % LANES];
}

fn greatest(v: vec4<f32>) -> f32 {
  return max(max(abs(v.x), abs(v.y)), max(abs(v.z), abs(v.w)));
}

fn from_signed(word: u32) -> vec4<f32> {
  let c = (vec4<u32>(word) >> BYTES) & vec4<u32>(255u);
  return vec4<f32>(signed_map[c.x], signed_map[c.y], signed_map[c.z], signed_map[c.w]);
}

fn from_unsigned(word: u32) -> vec4<f32> {
  let c = (vec4<u32>(word) >> BYTES) & vec4<u32>(255u);
  return vec4<f32>(unsigned_map[c.x], unsigned_map[c.y], unsigned_map[c.z], unsigned_map[c.w]);
}

// How many numbers of the map above zero lie up to the nearest one; the lowest decade has `least`.
fn ordinal(size: vec4<f32>, least: f32) -> vec4<u32> {
  var power = 0.000001;
  var members = least;
  var last = 0.0;
  var own_power = vec4<f32>(1.0);
  var own_members = vec4<f32>();
  for (var decade = 0u; decade < 7u; decade++) {
    let first = power * (0.1 + 0.45 / members);
    let reached = size >= vec4<f32>((last + first) * 0.5);
    own_power = select(own_power, vec4<f32>(power), reached);
    own_members = select(own_members, vec4<f32>(members), reached);
    last = power * (1.0 - 0.45 / members);
    power *= 10.0;
    members *= 2.0;
  }
  let place = floor((size / own_power - 0.1) / 0.9 * own_members);
  let inside = clamp(place, vec4<f32>(), max(own_members - 1.0, vec4<f32>()));
  // Negative below the lowest decade: nearest to zero.
  let up_to = max(own_members + inside - (least - 1.0), vec4<f32>());
  let top = size >= vec4<f32>((last + 1.0) * 0.5);
  return vec4<u32>(select(up_to, vec4<f32>(members - (least - 1.0)), top));
}

fn packed(codes: vec4<u32>) -> u32 {
  let bytes = codes << BYTES;
  return bytes.x | bytes.y | bytes.z | bytes.w;
}

fn to_signed(value: vec4<f32>, scale: f32) -> u32 {
  if (scale <= 0.0) { return packed(vec4<u32>(127u)); }
  let x = value / scale;
  let above = ordinal(abs(x), 1.0);
  // The numbers below zero end before -1.
  let below = vec4<u32>(127u) - min(above, vec4<u32>(127u));
  return packed(select(vec4<u32>(127u) + above, below, x < vec4<f32>()));
}

fn to_unsigned(value: vec4<f32>, scale: f32) -> u32 {
  if (scale <= 0.0) { return 0u; }
  return packed(ordinal(value / scale, 2.0));
}

fn forget_gradients(block: Block) {
  for (var q = block.lane; q < block.quads; q += LANES) { gradients[block.first + q] = vec4<f32>(); }
}

fn adamw_first(i: u32, g: vec4<f32>, scale: f32) -> vec4<f32> {
  return params.beta1 * (from_signed(first_codes[i]) * scale) + params.rest1 * g;
}

fn adamw_second(i: u32, g: vec4<f32>, scale: f32) -> vec4<f32> {
  return params.beta2 * (from_unsigned(second_codes[i]) * scale) + params.rest2 * g * g;
}

@compute @workgroup_size(64)
fn adamw(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let block = own_block(id, count, thread);
  if (is_skipped()) {
    forget_gradients(block);
    return;
  }
  let scale = vec2<f32>(first_scales[block.number], second_scales[block.number]);
  var peak = vec2<f32>();
  for (var q = block.lane; q < block.quads; q += LANES) {
    let i = block.first + q;
    let g = gradients_quad(i) * gradient_factor();
    let m = adamw_first(i, g, scale.x);
    let v = adamw_second(i, g, scale.y);
    peak = max(peak, vec2<f32>(greatest(m), greatest(v)));
  }
  let scales = block_peak(peak, thread);
  for (var q = block.lane; q < block.quads; q += LANES) {
    let i = block.first + q;
    let g = gradients_quad(i) * gradient_factor();
    gradients[i] = vec4<f32>();
    let m = adamw_first(i, g, scale.x);
    let v = adamw_second(i, g, scale.y);
    let divisor = sqrt(v) / scheduled(2u) + params.epsilon;
    let shrink = select(1.0, scheduled(3u), params.decay != 0u);
    values[i] = values_quad(i) * shrink - scheduled(1u) * (m / divisor);
    first_codes[i] = to_signed(m, scales.x);
    second_codes[i] = to_unsigned(v, scales.y);
  }
  if (block.lane == 0u && block.quads > 0u) {
    first_scales[block.number] = scales.x;
    second_scales[block.number] = scales.y;
  }
}

@compute @workgroup_size(64)
fn lion(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let block = own_block(id, count, thread);
  if (is_skipped()) {
    forget_gradients(block);
    return;
  }
  let scale = first_scales[block.number];
  var peak = 0.0;
  for (var q = block.lane; q < block.quads; q += LANES) {
    let i = block.first + q;
    let g = gradients_quad(i) * gradient_factor();
    let m = from_signed(first_codes[i]) * scale;
    peak = max(peak, greatest(params.beta2 * m + params.rest2 * g));
  }
  let new_scale = block_peak(vec2<f32>(peak, 0.0), thread).x;
  for (var q = block.lane; q < block.quads; q += LANES) {
    let i = block.first + q;
    let g = gradients_quad(i) * gradient_factor();
    gradients[i] = vec4<f32>();
    let m = from_signed(first_codes[i]) * scale;
    let shrink = select(1.0, scheduled(1u), params.decay != 0u);
    values[i] = values_quad(i) * shrink - scheduled(0u) * sign(params.beta1 * m + params.rest1 * g);
    first_codes[i] = to_signed(params.beta2 * m + params.rest2 * g, new_scale);
  }
  if (block.lane == 0u && block.quads > 0u) { first_scales[block.number] = new_scale; }
}

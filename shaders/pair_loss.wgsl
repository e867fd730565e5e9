// Losses of B values v with labels y, one a pair of texts.
//
//   squared      sum of (v - y)^2
//   contrastive  sum of (y v^2 + (1 - y) relu(margin - v)^2) / 2
//   hard         sum of v^2 over hard positives and of relu(margin - v)^2 over hard negatives
//
// times `weight`. Hard are the positives (y = 1) above the least negative, or above their own mean where there
// is at most one negative; the negatives (y = 0) below the greatest positive, or below their own mean where
// there is at most one positive. `forward`, one workgroup, leaves these two limits for `backward`, in which a
// thread owns one value. Sums are trees of fixed order; a value that is not a number always counts.
#import lib/grid

struct Params {
  size: u32,
  kind: u32,
  accumulate: u32,
  margin: f32,
  weight: f32,
}

@group(0) @binding(0) var<storage, read> values: array<f32>;
@group(0) @binding(1) var<storage, read> labels: array<f32>;
@group(0) @binding(2) var<storage, read_write> limits: array<f32>;
@group(0) @binding(3) var<storage, read_write> loss: array<f32>;
@group(0) @binding(4) var<storage, read> known_limits: array<f32>;
@group(0) @binding(5) var<storage, read> d_loss: array<f32>;
@group(0) @binding(6) var<storage, read_write> d_values: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

const THREADS = 64u;
const HIGHEST = 3.4028234e38;
const SQUARED = 0u;
const CONTRASTIVE = 1u;

// (greatest, sum, how many) of positives, and of negatives with their signs turned.
var<workgroup> positives: array<vec3<f32>, 64>;
var<workgroup> negatives: array<vec3<f32>, 64>;
var<workgroup> shares: array<f32, 64>;

fn is_nan(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u;
}

fn both(a: vec3<f32>, b: vec3<f32>) -> vec3<f32> {
  return vec3<f32>(max(a.x, b.x), a.yz + b.yz);
}

// A positive counts above the first, a negative below the second.
fn hard_limits(thread: u32) -> vec2<f32> {
  var positive = vec3<f32>(-HIGHEST, 0.0, 0.0);
  var negative = positive;
  for (var i = thread; i < params.size; i += THREADS) {
    let value = values[i];
    if (labels[i] == 1.0) { positive = both(positive, vec3<f32>(value, value, 1.0)); }
    if (labels[i] == 0.0) { negative = both(negative, vec3<f32>(-value, -value, 1.0)); }
  }
  positives[thread] = positive;
  negatives[thread] = negative;
  workgroupBarrier();
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    if (thread < half) {
      positives[thread] = both(positives[thread], positives[thread + half]);
      negatives[thread] = both(negatives[thread], negatives[thread + half]);
    }
    workgroupBarrier();
  }
  let p = positives[0];
  let n = negatives[0];
  return vec2<f32>(
    select(p.y / max(p.z, 1.0), -n.x, n.z > 1.0),
    select(-n.y / max(n.z, 1.0), p.x, p.z > 1.0),
  );
}

// What a value weighs as a positive and as a negative.
fn roles(value: f32, label: f32, limit: vec2<f32>) -> vec2<f32> {
  if (params.kind == CONTRASTIVE) { return vec2<f32>(0.5 * label, 0.5 * (1.0 - label)); }
  let known = is_nan(value);
  return vec2<f32>(
    select(0.0, 1.0, label == 1.0 && (known || value > limit.x)),
    select(0.0, 1.0, label == 0.0 && (known || value < limit.y)),
  );
}

fn relu(x: f32) -> f32 {
  return select(x, 0.0, x < 0.0);
}

fn term(value: f32, label: f32, limit: vec2<f32>) -> f32 {
  if (params.kind == SQUARED) { return (value - label) * (value - label); }
  let role = roles(value, label, limit);
  let missing = relu(params.margin - value);
  var sum = 0.0;
  if (role.x != 0.0) { sum += role.x * value * value; }
  if (role.y != 0.0) { sum += role.y * missing * missing; }
  return sum;
}

@compute @workgroup_size(THREADS)
fn forward(@builtin(local_invocation_index) thread: u32) {
  var limit = vec2<f32>();
  if (params.kind > CONTRASTIVE) { limit = hard_limits(thread); }
  var sum = 0.0;
  for (var i = thread; i < params.size; i += THREADS) { sum += term(values[i], labels[i], limit); }
  shares[thread] = sum;
  workgroupBarrier();
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    if (thread < half) { shares[thread] += shares[thread + half]; }
    workgroupBarrier();
  }
  if (thread == 0u) {
    loss[0] = shares[0] * params.weight;
    limits[0] = limit.x;
    limits[1] = limit.y;
  }
}

@compute @workgroup_size(THREADS)
fn backward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * THREADS + thread;
  if (i >= params.size) { return; }
  let value = values[i];
  var slope = value - labels[i];
  if (params.kind != SQUARED) {
    let role = roles(value, labels[i], vec2<f32>(known_limits[0], known_limits[1]));
    slope = role.x * value - role.y * relu(params.margin - value);
  }
  var gradient = 2.0 * params.weight * d_loss[0] * slope;
  if (params.accumulate != 0u) { gradient += d_values[i]; }
  d_values[i] = gradient;
}

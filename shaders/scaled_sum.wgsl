// y = factor (x_1 + ... + x_n): one workgroup, whose threads stride over x; a tree of fixed order in f32
// joins their sums. Backward, d_x = factor d_y for every element, one a thread.
#import lib/grid

struct Params {
  size: u32,
  factor: f32,
  accumulate: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<storage, read> d_y: array<f32>;
@group(0) @binding(3) var<storage, read_write> d_x: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

const THREADS = 64u;

var<workgroup> shares: array<f32, 64>;

@compute @workgroup_size(THREADS)
fn forward(@builtin(local_invocation_index) thread: u32) {
  var sum = 0.0;
  for (var i = thread; i < params.size; i += THREADS) { sum += x[i]; }
  shares[thread] = sum;
  workgroupBarrier();
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    if (thread < half) { shares[thread] += shares[thread + half]; }
    workgroupBarrier();
  }
  if (thread == 0u) { y[0] = params.factor * shares[0]; }
}

@compute @workgroup_size(THREADS)
fn backward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * THREADS + thread;
  if (i >= params.size) { return; }
  var value = params.factor * d_y[0];
  if (params.accumulate != 0u) { value += d_x[i]; }
  d_x[i] = value;
}

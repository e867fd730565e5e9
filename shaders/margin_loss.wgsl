// loss = 1/B sum over i of f(p_i - n_i + margin), over distances p to positives, then n to negatives: [2 B].
//
// f is relu, or softplus(t) = log(1 + exp(t)), which needs no margin. `forward`: one workgroup, whose threads
// stride over i; the sum is a tree of fixed order. `backward`: a thread owns one i, hence two gradients.
#import lib/grid

struct Params {
  pairs: u32,
  soft: u32,
  accumulate: u32,
  margin: f32,
}

@group(0) @binding(0) var<storage, read> distances: array<f32>;
@group(0) @binding(1) var<storage, read_write> loss: array<f32>;
@group(0) @binding(2) var<storage, read> d_loss: array<f32>;
@group(0) @binding(3) var<storage, read_write> d_distances: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

const THREADS = 64u;

var<workgroup> shares: array<f32, 64>;

fn excess(i: u32) -> f32 {
  return distances[i] - distances[i + params.pairs] + params.margin;
}

@compute @workgroup_size(THREADS)
fn forward(@builtin(local_invocation_index) thread: u32) {
  var sum = 0.0;
  for (var i = thread; i < params.pairs; i += THREADS) {
    let t = excess(i);
    let hinge = select(t, 0.0, t < 0.0);
    sum += hinge;
    if (params.soft != 0u) { sum += log(1.0 + exp(-abs(t))); }
  }
  shares[thread] = sum;
  workgroupBarrier();
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    if (thread < half) { shares[thread] += shares[thread + half]; }
    workgroupBarrier();
  }
  if (thread == 0u) { loss[0] = shares[0] / f32(params.pairs); }
}

@compute @workgroup_size(THREADS)
fn backward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * THREADS + thread;
  if (i >= params.pairs) { return; }
  let t = excess(i);
  var slope = select(0.0, 1.0, t > 0.0);
  if (params.soft != 0u) {
    let small = exp(-abs(t));
    slope = select(small, 1.0, t > 0.0) / (1.0 + small);
  }
  let gradient = slope * d_loss[0] / f32(params.pairs);
  let n = i + params.pairs;
  if (params.accumulate != 0u) {
    d_distances[i] += gradient;
    d_distances[n] -= gradient;
  } else {
    d_distances[i] = gradient;
    d_distances[n] = -gradient;
  }
}

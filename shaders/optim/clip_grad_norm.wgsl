// norm = sqrt(sum of squares of all gradients) / scale, where the loss was multiplied by scale;
// coefficient = min(1, limit / (norm + 1e-6)) / scale.
//
// `squares`: THREADS threads in all stride over one slab, four neighbours at a time, and write one share
// each. `finish`: one workgroup adds the shares in a tree of fixed order. Accumulation is f32.
override THREADS: u32 = 16384u;

struct Params {
  quads: u32,
  offset: u32,
  shares: u32,
  limit: f32,
}

#operand 0 gradients
@group(0) @binding(1) var<storage, read_write> shares: array<f32>;
@group(0) @binding(2) var<storage, read> all_shares: array<f32>;
@group(0) @binding(3) var<storage, read_write> norm: array<f32>;
@group(0) @binding(4) var<storage, read_write> coefficient: array<f32>;
@group(0) @binding(5) var<storage, read> scale: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

var<workgroup> tree: array<f32, 256>;

@compute @workgroup_size(64)
fn squares(@builtin(global_invocation_id) id: vec3<u32>) {
  var sum = vec4<f32>();
  for (var i = id.x; i < params.quads; i += THREADS) {
    let g = gradients_quad(i);
    sum += g * g;
  }
  shares[params.offset + id.x] = (sum.x + sum.y) + (sum.z + sum.w);
}

@compute @workgroup_size(256)
fn finish(@builtin(local_invocation_index) thread: u32) {
  var sum = 0.0;
  for (var i = thread; i < params.shares; i += 256u) { sum += all_shares[i]; }
  tree[thread] = sum;
  workgroupBarrier();
  for (var half = 128u; half > 0u; half /= 2u) {
    if (thread < half) { tree[thread] += tree[thread + half]; }
    workgroupBarrier();
  }
  if (thread == 0u) {
    let length = sqrt(tree[0]) / scale[0];
    norm[0] = length;
    let ratio = params.limit / (length + 1e-6);
    // Not min(): it may return 1 for NaN, and one bad gradient must spoil the step, as in torch.
    coefficient[0] = select(ratio, 1.0, params.limit <= 0.0 || ratio > 1.0) / scale[0];
  }
}

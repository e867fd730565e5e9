// Gradients of attention, for software adapters: what attention_backward.wgsl computes, by rows in the
// lanes of a subgroup; lib/attention_lanes.wgsl says who owns what. In output_products a thread owns a row
// and head.
#import lib/attention_lanes

@group(0) @binding(5) var<storage, read> lse: array<f32>;
@group(0) @binding(6) var<storage, read> delta: array<f32>;
#operand 7 saved_context
@group(0) @binding(8) var<storage, read_write> products: array<f32>;

@compute @workgroup_size(64)
fn output_products(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let number = linear_workgroup(id, count) * 64u + thread;
  if (number >= params.rows * params.heads) { return; }
  var sum = 0.0;
  for (var i = number * params.quads; i < (number + 1u) * params.quads; i++) {
    sum += dot(saved_context_quad(i), d_context_quad(i));
  }
  products[number] = sum;
}

// One number of each visited row, of which a lane holds two.
fn numbers(y: f32, z: f32) -> Scores {
  let x = vec4<f32>(1.0, 0.0, 0.0, 0.0);
  return Scores(first_dots(x, x * y), last_dots(x, x * y), first_dots(x, x * z), last_dots(x, x * z));
}

// Probabilities, dropped out, and gradients of the scores of four pairs of rows.
struct Pairs {
  weights: vec4<f32>,
  gradients: vec4<f32>,
}

fn pairs(
  inside: vec4<bool>,
  s: vec4<f32>,
  d_p: vec4<f32>,
  f: vec4<f32>,
  l: vec4<f32>,
  d: vec4<f32>,
) -> Pairs {
  let p = select(vec4<f32>(), exp(s * params.scale - l), inside);
  return Pairs(p * f, p * (d_p * f - d) * params.scale);
}

@compute @workgroup_size(8)
fn backward_queries(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let item = linear_workgroup(id, count);
  if (item >= params.tiles * params.heads * params.parts) { return; }
  let p = place(item, lane);
  let q = vec4<u32>(p.row);
  let end = vec4<u32>(p.end);
  let l = vec4<f32>(lse[p.row * params.heads + p.head]);
  let d = vec4<f32>(delta[p.row * params.heads + p.head]);
  var t = Sums();
  for (var first = p.start; first < p.end; first += 16u) {
    let y = min(first + lane, p.end - 1u);
    let z = min(first + lane + 8u, p.end - 1u);
    let k = first + vec4<u32>(0u, 1u, 2u, 3u);
    let s = dots(QKV, at_qkv(p, p.row, 0u), QKV, at_qkv(p, y, 1u), at_qkv(p, z, 1u));
    let g = dots(CONTEXT, at_context(p, p.row), QKV, at_qkv(p, y, 2u), at_qkv(p, z, 2u));
    let ds = Scores(
      pairs(k < end, s[0], g[0], factors(p, q, k), l, d).gradients,
      pairs(k + 4u < end, s[1], g[1], factors(p, q, k + 4u), l, d).gradients,
      pairs(k + 8u < end, s[2], g[2], factors(p, q, k + 8u), l, d).gradients,
      pairs(k + 12u < end, s[3], g[3], factors(p, q, k + 12u), l, d).gradients,
    );
    weigh(&t, 1.0, ds, QKV, at_qkv(p, y, 1u) + p.part, at_qkv(p, z, 1u) + p.part);
  }
  store(p, at_qkv(p, p.row, 0u) + p.part, &t, 1.0);
}

@compute @workgroup_size(8)
fn backward_keys(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let item = linear_workgroup(id, count);
  if (item >= params.tiles * params.heads * params.parts) { return; }
  let p = place(item, lane);
  let k = vec4<u32>(p.row);
  let end = vec4<u32>(p.end);
  var dk = Sums();
  var dv = Sums();
  for (var first = p.start; first < p.end; first += 16u) {
    let y = min(first + lane, p.end - 1u);
    let z = min(first + lane + 8u, p.end - 1u);
    let q = first + vec4<u32>(0u, 1u, 2u, 3u);
    let s = dots(QKV, at_qkv(p, p.row, 1u), QKV, at_qkv(p, y, 0u), at_qkv(p, z, 0u));
    let g = dots(QKV, at_qkv(p, p.row, 2u), CONTEXT, at_context(p, y), at_context(p, z));
    let l = numbers(lse[y * params.heads + p.head], lse[z * params.heads + p.head]);
    let d = numbers(delta[y * params.heads + p.head], delta[z * params.heads + p.head]);
    let a = pairs(q < end, s[0], g[0], factors(p, q, k), l[0], d[0]);
    let b = pairs(q + 4u < end, s[1], g[1], factors(p, q + 4u, k), l[1], d[1]);
    let c = pairs(q + 8u < end, s[2], g[2], factors(p, q + 8u, k), l[2], d[2]);
    let e = pairs(q + 12u < end, s[3], g[3], factors(p, q + 12u, k), l[3], d[3]);
    let w = Scores(a.weights, b.weights, c.weights, e.weights);
    let ds = Scores(a.gradients, b.gradients, c.gradients, e.gradients);
    weigh(&dv, 1.0, w, CONTEXT, at_context(p, y) + p.part, at_context(p, z) + p.part);
    weigh(&dk, 1.0, ds, QKV, at_qkv(p, y, 0u) + p.part, at_qkv(p, z, 0u) + p.part);
  }
  store(p, at_qkv(p, p.row, 1u) + p.part, &dk, 1.0);
  store(p, at_qkv(p, p.row, 2u) + p.part, &dv, 1.0);
}

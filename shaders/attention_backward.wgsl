// Gradients of attention, for GPUs: with p_ij = exp(scale q_i . k_j - lse_i) and dropout's factors f,
//
//   output_products   delta_i = d_context_i . context_i, which is the mean under p of f d_context_i . v_j
//   backward_queries  d_s_ij = p_ij (f_ij d_context_i . v_j - delta_i) scale; d_q_i = sum of d_s_ij k_j
//   backward_keys     d_k_j = sum over i of d_s_ij q_i, d_v_j = sum over i of f_ij p_ij d_context_i
//
// for every row of d_qkv[T, 3 C], written or, with `accumulate`, added to. Source: Dao et al.,
// "FlashAttention", 2022; here with one pass for each side, so that nothing is added by two workgroups.
// lib/attention_tile.wgsl says who owns what; in output_products a thread owns a row and head.
#import lib/attention_tile

@group(0) @binding(5) var<storage, read> lse: array<f32>;
@group(0) @binding(6) var<storage, read> delta: array<f32>;
@group(0) @binding(7) var<storage, read> saved_context: array<f32>;
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
  for (var i = number * WIDTH; i < (number + 1u) * WIDTH; i++) {
    sum += saved_context[i] * d_context[i];
  }
  products[number] = sum;
}

// Dropped-out probabilities of four pairs of rows, and gradients of their scores.
struct Pairs {
  weights: vec4<f32>,
  gradients: vec4<f32>,
}

// l and d are the queries' lse and delta.
fn pairs(
  inside: bool,
  s: vec4<f32>,
  d_p: vec4<f32>,
  f: vec4<f32>,
  l: vec4<f32>,
  d: vec4<f32>,
) -> Pairs {
  let p = select(vec4<f32>(), exp(s * params.scale - l), inside);
  return Pairs(p * f, p * (d_p * f - d) * params.scale);
}

fn key_pairs(
  p: Place,
  key: u32,
  queries: vec4<u32>,
  s: vec4<f32>,
  d_p: vec4<f32>,
  l: vec4<f32>,
  d: vec4<f32>,
) -> Pairs {
  return pairs(key < p.end, s, d_p, factors(p, queries, vec4<u32>(key)), l, d);
}

@compute @workgroup_size(128)
fn backward_queries(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let item = linear_workgroup(id, count);
  if (item >= params.tiles * params.heads) { return; }
  let p = place(item);
  let q = own_rows(p, thread);
  let n = min(q, vec4<u32>(p.end - 1u)) * params.heads + p.head;
  let l = vec4<f32>(lse[n.x], lse[n.y], lse[n.z], lse[n.w]);
  let d = vec4<f32>(delta[n.x], delta[n.y], delta[n.z], delta[n.w]);
  var t = Sums();
  for (var first = p.start; first < p.end; first += VISIT) {
    let s = dots(p, QUERY, KEY, first, thread);
    let g = dots(p, CONTEXT, VALUE, first, thread);
    let k = first + thread % 16u;
    let w = Scores(
      key_pairs(p, k, q, s[0], g[0], l, d).gradients,
      key_pairs(p, k + 16u, q, s[1], g[1], l, d).gradients,
      key_pairs(p, k + 32u, q, s[2], g[2], l, d).gradients,
      key_pairs(p, k + 48u, q, s[3], g[3], l, d).gradients,
    );
    weigh(&t, w, p, KEY, first, thread);
  }
  store(p, QUERY, &t, thread);
}

fn query_pairs(p: Place, query: u32, keys: vec4<u32>, s: vec4<f32>, d_p: vec4<f32>) -> Pairs {
  let n = min(query, p.end - 1u) * params.heads + p.head;
  let f = factors(p, vec4<u32>(query), keys);
  return pairs(query < p.end, s, d_p, f, vec4<f32>(lse[n]), vec4<f32>(delta[n]));
}

@compute @workgroup_size(128)
fn backward_keys(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let item = linear_workgroup(id, count);
  if (item >= params.tiles * params.heads) { return; }
  let p = place(item);
  let k = own_rows(p, thread);
  var d_k = Sums();
  var d_v = Sums();
  for (var first = p.start; first < p.end; first += VISIT) {
    let s = dots(p, KEY, QUERY, first, thread);
    let g = dots(p, VALUE, CONTEXT, first, thread);
    let q = first + thread % 16u;
    let a = query_pairs(p, q, k, s[0], g[0]);
    let b = query_pairs(p, q + 16u, k, s[1], g[1]);
    let c = query_pairs(p, q + 32u, k, s[2], g[2]);
    let d = query_pairs(p, q + 48u, k, s[3], g[3]);
    let w = Scores(a.weights, b.weights, c.weights, d.weights);
    weigh(&d_v, w, p, CONTEXT, first, thread);
    let d_s = Scores(a.gradients, b.gradients, c.gradients, d.gradients);
    weigh(&d_k, d_s, p, QUERY, first, thread);
  }
  store(p, KEY, &d_k, thread);
  store(p, VALUE, &d_v, thread);
}

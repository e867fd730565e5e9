// Gradients of attention, for GPUs: with p_ij = exp(score_ij - lse_i) and dropout's factors f,
//
//   output_products   delta_i = d_context_i . context_i, which is the mean under p of f d_context_i . v_j
//   backward_queries  d_s_ij = p_ij (f_ij d_context_i . v_j - delta_i) scale; d_q_i = sum of d_s_ij k_j
//   backward_keys     d_k_j = sum over i of d_s_ij q_i, d_v_j = sum over i of f_ij p_ij d_context_i
//   backward_bias     the sums of d_s_ij / scale of one workgroup by bucket of j - i: products[tiles, N, H]
//
// for every row of d_qkv[T, 3 C], written or, with `accumulate`, added to. In backward_bias a thread adds
// the rows of one distance, in their order, then one of each bucket those of its distances. Source: Dao et al.,
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
  inside: vec4<bool>,
  score: vec4<f32>,
  d_p: vec4<f32>,
  f: vec4<f32>,
  l: vec4<f32>,
  d: vec4<f32>,
) -> Pairs {
  let p = select(vec4<f32>(), exp(score - l), inside);
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
  let keys = vec4<u32>(key);
  let inside = near(queries, keys) & vec4<bool>(key < p.end);
  return pairs(inside, query_scores(p.head, queries, key, s), d_p, factors(p, queries, keys), l, d);
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
  let rows = visited_keys(p);
  for (var first = rows.first; first < rows.end; first += VISIT) {
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
  let inside = near(vec4<u32>(query), keys) & vec4<bool>(query < p.end);
  let score = key_scores(p.head, query, keys, s);
  return pairs(inside, score, d_p, f, vec4<f32>(lse[n]), vec4<f32>(delta[n]));
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
  let rows = visited_queries(p);
  for (var first = rows.first; first < rows.end; first += VISIT) {
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

fn bias_pairs(
  p: Place,
  key: u32,
  queries: vec4<u32>,
  s: vec4<f32>,
  d_p: vec4<f32>,
  l: vec4<f32>,
  d: vec4<f32>,
) -> vec4<f32> {
  let keys = vec4<u32>(key);
  let end = vec4<u32>(p.end);
  let inside = near(queries, keys) & (keys < end) & (queries < end);
  let probability = select(vec4<f32>(), exp(query_scores(p.head, queries, key, s) - l), inside);
  return probability * (d_p * factors(p, queries, keys) - d);
}

// Distances between the rows of a workgroup and those that it visits at once, and one.
const DISTANCES = 96u;

@compute @workgroup_size(128)
fn backward_bias(
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
  let at = thread % 16u * OWN_PITCH + thread / 16u;
  var total = 0.0;
  let rows = visited_keys(p);
  for (var first = rows.first; first < rows.end; first += VISIT) {
    let s = dots(p, QUERY, KEY, first, thread);
    let g = dots(p, CONTEXT, VALUE, first, thread);
    let k = first + thread % 16u;
    workgroupBarrier();
    weights[at] = bias_pairs(p, k, q, s[0], g[0], l, d);
    weights[at + 16u * OWN_PITCH] = bias_pairs(p, k + 16u, q, s[1], g[1], l, d);
    weights[at + 32u * OWN_PITCH] = bias_pairs(p, k + 32u, q, s[2], g[2], l, d);
    weights[at + 48u * OWN_PITCH] = bias_pairs(p, k + 48u, q, s[3], g[3], l, d);
    workgroupBarrier();
    if (thread < DISTANCES) {
      var sum = 0.0;
      for (var row = 0u; row < ROWS; row++) {
        let j = thread + row;
        if (j >= ROWS - 1u && j < ROWS - 1u + VISIT) {
          sum += weights[(j - ROWS + 1u) * OWN_PITCH + row / 4u][row % 4u];
        }
      }
      other[thread] = sum;
      let distance = i32(first + thread) - i32(p.first + ROWS - 1u);
      other[DISTANCES + thread] = by_distance(params.heads, distance).x;
    }
    workgroupBarrier();
    if (thread < params.buckets) {
      for (var i = 0u; i < DISTANCES; i++) {
        total += select(0.0, other[i], other[DISTANCES + i] == f32(thread));
      }
    }
  }
  if (thread < params.buckets) {
    products[(item / params.heads * params.buckets + thread) * params.heads + p.head] = total;
  }
}

// Gradients of attention, for software adapters: what attention_backward.wgsl computes, by rows in the
// lanes of a subgroup; lib/attention_lanes.wgsl says who owns what. In output_products a thread owns a row
// and head, in backward_bias a lane four buckets. There lanes slide their gradients until those of one
// distance meet: sums over lanes then need no memory of the workgroup, which is slow here.
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
  score: vec4<f32>,
  d_p: vec4<f32>,
  f: vec4<f32>,
  l: vec4<f32>,
  d: vec4<f32>,
) -> Pairs {
  let p = select(vec4<f32>(), exp(score - l), inside);
  return Pairs(p * f, p * (d_p * f - d) * params.scale);
}

fn key_pairs(p: Place, k: vec4<u32>, s: vec4<f32>, d_p: vec4<f32>, l: vec4<f32>, d: vec4<f32>) -> Pairs {
  let q = vec4<u32>(p.row);
  let inside = near(q, k) & (k < vec4<u32>(p.end));
  return pairs(inside, key_scores(p.head, p.row, k, s), d_p, factors(p, q, k), l, d);
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
  let l = vec4<f32>(lse[p.row * params.heads + p.head]);
  let d = vec4<f32>(delta[p.row * params.heads + p.head]);
  var t = Sums();
  let rows = visited_keys(p);
  for (var first = rows.first; first < rows.end; first += 16u) {
    let y = min(first + lane, p.end - 1u);
    let z = min(first + lane + 8u, p.end - 1u);
    let k = first + vec4<u32>(0u, 1u, 2u, 3u);
    let s = dots(QKV, at_qkv(p, p.row, 0u), QKV, at_qkv(p, y, 1u), at_qkv(p, z, 1u));
    let g = dots(CONTEXT, at_context(p, p.row), QKV, at_qkv(p, y, 2u), at_qkv(p, z, 2u));
    let ds = Scores(
      key_pairs(p, k, s[0], g[0], l, d).gradients,
      key_pairs(p, k + 4u, s[1], g[1], l, d).gradients,
      key_pairs(p, k + 8u, s[2], g[2], l, d).gradients,
      key_pairs(p, k + 12u, s[3], g[3], l, d).gradients,
    );
    weigh(&t, 1.0, ds, QKV, at_qkv(p, y, 1u) + p.part, at_qkv(p, z, 1u) + p.part);
  }
  store(p, at_qkv(p, p.row, 0u) + p.part, &t, 1.0);
}

fn query_pairs(p: Place, q: vec4<u32>, s: vec4<f32>, d_p: vec4<f32>, l: vec4<f32>, d: vec4<f32>) -> Pairs {
  let k = vec4<u32>(p.row);
  let inside = near(q, k) & (q < vec4<u32>(p.end));
  return pairs(inside, query_scores(p.head, q, p.row, s), d_p, factors(p, q, k), l, d);
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
  var dk = Sums();
  var dv = Sums();
  let rows = visited_queries(p);
  for (var first = rows.first; first < rows.end; first += 16u) {
    let y = min(first + lane, p.end - 1u);
    let z = min(first + lane + 8u, p.end - 1u);
    let q = first + vec4<u32>(0u, 1u, 2u, 3u);
    let s = dots(QKV, at_qkv(p, p.row, 1u), QKV, at_qkv(p, y, 0u), at_qkv(p, z, 0u));
    let g = dots(QKV, at_qkv(p, p.row, 2u), CONTEXT, at_context(p, y), at_context(p, z));
    let l = numbers(lse[y * params.heads + p.head], lse[z * params.heads + p.head]);
    let d = numbers(delta[y * params.heads + p.head], delta[z * params.heads + p.head]);
    let a = query_pairs(p, q, s[0], g[0], l[0], d[0]);
    let b = query_pairs(p, q + 4u, s[1], g[1], l[1], d[1]);
    let c = query_pairs(p, q + 8u, s[2], g[2], l[2], d[2]);
    let e = query_pairs(p, q + 12u, s[3], g[3], l[3], d[3]);
    let w = Scores(a.weights, b.weights, c.weights, e.weights);
    let ds = Scores(a.gradients, b.gradients, c.gradients, e.gradients);
    weigh(&dv, 1.0, w, CONTEXT, at_context(p, y) + p.part, at_context(p, z) + p.part);
    weigh(&dk, 1.0, ds, QKV, at_qkv(p, y, 0u) + p.part, at_qkv(p, z, 0u) + p.part);
  }
  store(p, at_qkv(p, p.row, 1u) + p.part, &dk, 1.0);
  store(p, at_qkv(p, p.row, 2u) + p.part, &dv, 1.0);
}

// The gradient of the bias of four pairs of rows.
fn bias_pairs(
  p: Place,
  k: vec4<u32>,
  s: vec4<f32>,
  d_p: vec4<f32>,
  l: vec4<f32>,
  d: vec4<f32>,
) -> vec4<f32> {
  let q = vec4<u32>(p.row);
  let inside = near(q, k) & (k < vec4<u32>(p.end)) & vec4<bool>(p.inside);
  let probability = select(vec4<f32>(), exp(key_scores(p.head, p.row, k, s) - l), inside);
  return probability * (d_p * factors(p, q, k) - d);
}

fn over_lanes(x: vec4<f32>) -> vec4<f32> {
  return ((subgroupBroadcast(x, 0u) + subgroupBroadcast(x, 1u)) +
    (subgroupBroadcast(x, 2u) + subgroupBroadcast(x, 3u))) +
    ((subgroupBroadcast(x, 4u) + subgroupBroadcast(x, 5u)) +
    (subgroupBroadcast(x, 6u) + subgroupBroadcast(x, 7u)));
}

fn slide_two(before: vec4<f32>, x: vec4<f32>, yes: bool) -> vec4<f32> {
  return select(x, vec4<f32>(before.zw, x.xy), yes);
}

fn slide_one(before: vec4<f32>, x: vec4<f32>, yes: bool) -> vec4<f32> {
  return select(x, vec4<f32>(before.w, x.xyz), yes);
}

// What four distances, from `distance` on, give to the four buckets from `first` on.
fn by_bucket(sums: vec4<f32>, distance: i32, first: u32) -> vec4<f32> {
  let mine = vec4<f32>(f32(first)) + vec4<f32>(0.0, 1.0, 2.0, 3.0);
  let buckets = by_distance(params.heads, distance);
  return ((select(vec4<f32>(), sums.xxxx, mine == buckets.xxxx) +
    select(vec4<f32>(), sums.yyyy, mine == buckets.yyyy)) +
    select(vec4<f32>(), sums.zzzz, mine == buckets.zzzz)) +
    select(vec4<f32>(), sums.wwww, mine == buckets.wwww);
}

// What the gradients a of a lane, sixteen keys of its query, give to the buckets from `first` on. They
// slide by 7 - lane, to where place n of every lane is that of distance + n.
fn bucket_sums(a: Scores, lane: u32, distance: i32, first: u32) -> vec4<f32> {
  let none = vec4<f32>();
  let steps = 7u - lane;
  let four = (steps & 4u) != 0u;
  let two = (steps & 2u) != 0u;
  let one = (steps & 1u) != 0u;
  let b0 = select(a[0], none, four);
  let b1 = select(a[1], a[0], four);
  let b2 = select(a[2], a[1], four);
  let b3 = select(a[3], a[2], four);
  let b4 = select(none, a[3], four);
  let c0 = slide_two(none, b0, two);
  let c1 = slide_two(b0, b1, two);
  let c2 = slide_two(b1, b2, two);
  let c3 = slide_two(b2, b3, two);
  let c4 = slide_two(b3, b4, two);
  let c5 = slide_two(b4, none, two);
  return ((by_bucket(over_lanes(slide_one(none, c0, one)), distance, first) +
    by_bucket(over_lanes(slide_one(c0, c1, one)), distance + 4, first)) +
    (by_bucket(over_lanes(slide_one(c1, c2, one)), distance + 8, first) +
    by_bucket(over_lanes(slide_one(c2, c3, one)), distance + 12, first))) +
    (by_bucket(over_lanes(slide_one(c3, c4, one)), distance + 16, first) +
    by_bucket(over_lanes(slide_one(c4, c5, one)), distance + 20, first));
}

@compute @workgroup_size(8)
fn backward_bias(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let item = linear_workgroup(id, count);
  if (item >= params.tiles * params.heads * params.parts) { return; }
  let p = place(item, lane);
  let l = vec4<f32>(lse[p.row * params.heads + p.head]);
  let d = vec4<f32>(delta[p.row * params.heads + p.head]);
  var totals = vec4<f32>();
  let rows = visited_keys(p);
  for (var first = rows.first; first < rows.end; first += 16u) {
    let y = min(first + lane, p.end - 1u);
    let z = min(first + lane + 8u, p.end - 1u);
    let k = first + vec4<u32>(0u, 1u, 2u, 3u);
    let s = dots(QKV, at_qkv(p, p.row, 0u), QKV, at_qkv(p, y, 1u), at_qkv(p, z, 1u));
    let g = dots(CONTEXT, at_context(p, p.row), QKV, at_qkv(p, y, 2u), at_qkv(p, z, 2u));
    let ds = Scores(
      bias_pairs(p, k, s[0], g[0], l, d),
      bias_pairs(p, k + 4u, s[1], g[1], l, d),
      bias_pairs(p, k + 8u, s[2], g[2], l, d),
      bias_pairs(p, k + 12u, s[3], g[3], l, d),
    );
    totals += bucket_sums(ds, lane, i32(first) - i32(p.first) - 7, 4u * lane);
  }
  for (var i = 0u; i < 4u; i++) {
    let bucket = 4u * lane + i;
    if (bucket < params.buckets) {
      let tile = item / params.parts / params.heads;
      products[(tile * params.buckets + bucket) * params.heads + p.head] = totals[i];
    }
  }
}

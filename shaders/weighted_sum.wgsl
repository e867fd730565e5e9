// y = w x, or y += w x, of two scalars: one term of a weighted sum, and its gradient with y and x
// exchanged. One thread runs; the terms of a sum follow one another in the order in which they are given.
struct Params {
  weight: f32,
  accumulate: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

@compute @workgroup_size(1)
fn add_term() {
  var value = params.weight * x[0];
  if (params.accumulate != 0u) { value += y[0]; }
  y[0] = value;
}

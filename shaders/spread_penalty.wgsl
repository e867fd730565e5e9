// What moments m = (mean, mean of squares) of similarities cost: y = m_0^2 with TERM 0, and
// y = max(m_1 - threshold, 0) with TERM 1. Backward, d_m_0 = 2 m_0 d_y, or d_m_1 = d_y where y is above 0;
// the other moment gets 0. One thread runs.
struct Params {
  threshold: f32,
  accumulate: u32,
}

@group(0) @binding(0) var<storage, read> moments: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<storage, read> d_y: array<f32>;
@group(0) @binding(3) var<storage, read_write> d_moments: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

@compute @workgroup_size(1)
fn forward() {
  let above = moments[1] - params.threshold;
  // A NaN is not below 0 and stays one.
  y[0] = select(select(above, 0.0, above < 0.0), moments[0] * moments[0], TERM == 0u);
}

@compute @workgroup_size(1)
fn backward() {
  let is_above = moments[1] > params.threshold;
  var slopes = vec2<f32>(0.0, select(0.0, d_y[0], is_above));
  if (TERM == 0u) { slopes = vec2<f32>(2.0 * moments[0] * d_y[0], 0.0); }
  if (params.accumulate != 0u) { slopes += vec2<f32>(d_moments[0], d_moments[1]); }
  d_moments[0] = slopes.x;
  d_moments[1] = slopes.y;
}

// Random bits as a pure function of a key and a place: no state, so a replay draws the same.

// pcg3d, Jarzynski and Olano, "Hash Functions for GPU Rendering", JCGT 9(3), 2020.
fn hash3(place: vec3<u32>) -> vec3<u32> {
  var v = place * 1664525u + 1013904223u;
  v.x += v.y * v.z;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  v ^= v >> vec3<u32>(16u);
  v.x += v.y * v.z;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  return v;
}

// Whether an element survives dropout: `threshold` is probability x 2^32.
fn keeps(key: vec2<u32>, row: u32, column: u32, threshold: u32) -> bool {
  return hash3(vec3<u32>(row ^ key.x, column ^ key.y, key.x + key.y)).x >= threshold;
}

/**
 * sentrain trains sentence-embedding models on any GPU: hand-written WGSL kernels on Deno's WebGPU.
 *
 * @module
 */
export * from "./src/errors.ts";

/**
 * Packages that tests compare with or drive. They weigh hundreds of megabytes and are no part of this
 * package: a computed name keeps them out of deno.lock, whose packages are fetched with any first command.
 *
 * @module
 */
const PACKAGES = {
  "@huggingface/transformers": "npm:@huggingface/transformers@4.3.1",
  "onnxruntime-node": "npm:onnxruntime-node@1.30.0",
  "onnxruntime-web": "npm:onnxruntime-web@1.30.0",
  "playwright-core": "npm:playwright-core@1.64.1",
  protobufjs: "npm:protobufjs@8.8.1",
} as const;

/**
 * Imports a package; run with `--no-lock`, as the task `test` does.
 *
 * @param name Its name.
 * @returns The module, of which nothing is known here.
 */
// deno-lint-ignore no-explicit-any
export async function foreign(name: keyof typeof PACKAGES): Promise<any> {
  return await import(PACKAGES[name]);
}

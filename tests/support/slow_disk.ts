/**
 * For `deno run --preload`: a disk on which saving the state of the optimizer takes three seconds, so that a
 * test can act while a checkpoint is written.
 *
 * @module
 */

const { writeFile } = Deno;

Deno.writeFile = async (path, data, options) => {
  if (String(path).endsWith("optimizer.safetensors")) {
    await new Promise((resolve) => setTimeout(resolve, 3000));
  }
  await writeFile(path, data, options);
};

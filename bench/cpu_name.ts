/**
 * The CPU, as results name it.
 *
 * @module
 */

/**
 * Reads the model of the CPU, the number of its cores and its widest vector instructions.
 *
 * @returns Such as "Intel(R) Xeon(R) Processor, 2 cores, AVX-512"; without the model where the system has
 *   no `/proc/cpuinfo`.
 */
export async function cpuName(): Promise<string> {
  const cores = `${navigator.hardwareConcurrency} cores`;
  try {
    const text = await Deno.readTextFile("/proc/cpuinfo");
    const model = /^model name\s*:\s*(.+)$/m.exec(text)?.[1] ?? Deno.build.arch;
    const vectors = /\bavx512f\b/.test(text) ? "AVX-512" : /\bavx2\b/.test(text) ? "AVX2" : null;
    return [model, cores, ...(vectors === null ? [] : [vectors])].join(", ");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return `${Deno.build.os} ${Deno.build.arch}, ${cores}`;
  }
}

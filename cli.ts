/**
 * The command line: `deno run -A cli.ts COMMAND`.
 *
 * @module
 */
import { requestAdapter } from "./src/gpu/device.ts";
import { nearest } from "./src/nearest.ts";
import { DeviceError, UsageError } from "./src/errors.ts";

const HELP = `Usage: deno run -A cli.ts COMMAND

Commands:
  doctor   show the adapter that would be used, its features and limits
  help     show this text
`;

async function doctor(): Promise<void> {
  const adapter = await requestAdapter();
  if (adapter === null) {
    throw new DeviceError(
      "Cannot find a WebGPU adapter: install a Vulkan driver (on Debian or Ubuntu: apt-get install mesa-vulkan-drivers libvulkan1) and run again",
    );
  }
  const { description, vendor, isFallbackAdapter, subgroupMinSize, subgroupMaxSize } = adapter.info;
  const { maxBufferSize, maxStorageBufferBindingSize, maxComputeWorkgroupStorageSize } =
    adapter.limits;
  console.log(`adapter    ${description || vendor}${isFallbackAdapter ? " (software)" : ""}`);
  console.log(`versions   deno ${Deno.version.deno}, ${Deno.build.target}`);
  console.log(`subgroups  ${subgroupMinSize} to ${subgroupMaxSize} lanes`);
  console.log(`features   ${[...adapter.features].sort().join(", ")}`);
  console.log(`limits     a buffer ${maxBufferSize} bytes`);
  console.log(`           a binding ${maxStorageBufferBindingSize} bytes`);
  console.log(`           workgroup memory ${maxComputeWorkgroupStorageSize} bytes`);
}

const COMMANDS: Readonly<Record<string, () => Promise<void> | void>> = {
  doctor,
  help: () => console.log(HELP.trimEnd()),
};

async function main(args: readonly string[]): Promise<number> {
  const name = args[0] ?? "help";
  try {
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (command === undefined) {
      const known = Object.keys(COMMANDS);
      const guess = nearest(name, known);
      throw new UsageError(
        `Cannot run "${name}": the commands are ${known.join(", ")}${
          guess === null ? "" : `; did you mean "${guess}"?`
        }`,
      );
    }
    await command();
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return error instanceof UsageError ? 2 : 1;
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));

/** Prints whether the handles are the addresses of the objects that C programs name. */
import { communicatorForProcess } from "../../../src/distributed/communicator_for_process.ts";
import { findMpiLibrary } from "../../../src/distributed/mpi_library.ts";

const communicator = communicatorForProcess();
const { path, abi } = findMpiLibrary();
const { symbols: libc } = Deno.dlopen("libc.so.6", {
  dlopen: { parameters: ["buffer", "i32"], result: "pointer" },
  dlsym: { parameters: ["pointer", "buffer"], result: "pointer" },
});
const text = (value: string) => new TextEncoder().encode(`${value}\0`);
const library = libc.dlopen(text(path), 1);
const addressOf = (name: string) =>
  Deno.UnsafePointer.value(libc.dlsym(library, text(`ompi_mpi_${name}`)));
const { world, byte, noInfo, errorsReturn } = abi.constants(path);
const handles = { comm_world: world, byte, info_null: noInfo, errors_return: errorsReturn };
for (const [name, handle] of Object.entries(handles)) {
  const address = addressOf(name);
  const found = Deno.UnsafePointer.value(handle as Deno.PointerValue);
  console.log(`${abi.name} ${name} ${address !== 0n && address === found}`);
}
await communicator.finish();

/**
 * What lies at a path.
 *
 * @module
 */
import { host } from "./host.ts";

/**
 * Whether there is a file or a folder that can be looked at.
 *
 * @param path Its path.
 * @returns Whether there is one.
 */
export async function isThere(path: string): Promise<boolean> {
  return await host().files.stat(path).then(() => true, () => false);
}

/**
 * Whether there is a folder that can be looked at.
 *
 * @param path Its path.
 * @returns Whether there is one.
 */
export async function isFolder(path: string): Promise<boolean> {
  return await host().files.stat(path).then(({ isDirectory }) => isDirectory, () => false);
}

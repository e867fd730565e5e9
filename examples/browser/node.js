// The functions of node:path and node:url, for paths of Unix: the package @std/path has its own, what stands in
// for it here is built on these.
export function normalize(path) {
  const isAbsolute = path.startsWith("/");
  const parts = [];
  for (const part of path.split("/")) {
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (part === ".." && !isAbsolute) parts.push(part);
    else if (part !== "" && part !== "." && part !== "..") parts.push(part);
  }
  return (isAbsolute ? "/" : "") + parts.join("/") || ".";
}
export const sep = "/";
export const isAbsolute = (path) => path.startsWith("/");
export const join = (...parts) => normalize(parts.filter((part) => part !== "").join("/"));
export const resolve = (...parts) =>
  normalize(parts.reduce((path, part) => isAbsolute(part) ? part : `${path}/${part}`, "/"));
export const basename = (path, suffix = "") => {
  const name = path.replace(/\/+$/, "").split("/").at(-1) ?? "";
  return suffix !== "" && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
};
export const dirname = (path) => normalize(`${path}/..`);
export const extname = (path) => /\.[^./]*$/.exec(basename(path).slice(1))?.[0] ?? "";
export const relative = (from, to) => {
  const [start, end] = [resolve(from), resolve(to)].map((path) => path.split("/").filter(Boolean));
  while (start.length > 0 && start[0] === end[0]) [start, end].forEach((parts) => parts.shift());
  return [...start.map(() => ".."), ...end].join("/");
};
export const fileURLToPath = (url) => new URL(url).pathname;
export const pathToFileURL = (path) => new URL(`file://${resolve(path)}`);

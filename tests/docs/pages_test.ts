import { assertEquals } from "@std/assert";
import { basename, dirname, join } from "@std/path";
import { EVALUATOR_NAMES } from "../../src/evaluators/names.ts";
import { LOSS_NAMES } from "../../src/losses/names.ts";
import { batchSamplerNames } from "../../src/data/samplers/names.ts";
import { argumentGroups, argumentNames } from "../../src/train/arguments/fields.ts";
import { ROOT } from "../../tools/repository.ts";
import { readPages } from "./snippets.ts";

Deno.test("links of the pages to files of the repository lead somewhere", async () => {
  const lost: string[] = [];
  let found = 0;
  for (const [page, text] of await readPages()) {
    for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const path = join(ROOT, dirname(page), target.split("#")[0]);
      found++;
      if (await Deno.stat(path).then(() => false, () => true)) lost.push(`${page}: ${target}`);
    }
  }
  assertEquals(lost, []);
  assertEquals(found > 30, true, `${found} links`);
});

Deno.test("docs/index.md leads to every page of docs/, examples/README.md to every recipe", async () => {
  const pages = await readPages();
  let count = 0;
  for (const path of pages.keys()) {
    const index = path.startsWith("docs/") ? "docs/index.md" : "examples/README.md";
    if (!path.includes("/") || path === index) continue;
    assertEquals(pages.get(index)!.includes(`(${basename(path)})`), true, `${index}: ${path}`);
    count++;
  }
  assertEquals(count > 15, true, `${count} pages`);
});

Deno.test("README.md counts arguments, losses, evaluators and samplers as they are", async () => {
  const later = argumentGroups.find(({ title }) => title === "Later arguments")!;
  const seed = argumentNames.length - Object.keys(later.fields).length;
  const text = (await Deno.readTextFile(join(ROOT, "README.md"))).replaceAll(/\s+/g, " ");
  const counts = [LOSS_NAMES.length, EVALUATOR_NAMES.length, batchSamplerNames.length];
  const [losses, evaluators, samplers] = counts;
  for (
    const words of [
      `The ${seed} training arguments`,
      `${losses} losses, ${evaluators} evaluators, ${samplers} samplers`,
    ]
  ) assertEquals(text.includes(words), true, words);
});

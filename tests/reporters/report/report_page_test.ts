import { assert, assertEquals, assertMatch } from "@std/assert";
import { reportData } from "../../../src/reporters/report/report_data.ts";
import { reportPage } from "../../../src/reporters/report/report_page.ts";

const EVIL = '</script><script>alert("1")</script><!--';
const DATA = reportData([{
  name: EVIL,
  facts: { model: EVIL },
  arguments: { run_name: EVIL },
  records: [{ step: 1, loss: 1, [EVIL]: 2 }],
  status: "running",
}]);

/** The scripts of a page, as a browser takes them apart. */
function scriptsOf(page: string): { attributes: string; text: string }[] {
  return [...page.matchAll(/<script([^>]*)>(.*?)<\/script/gs)]
    .map(([, attributes, text]) => ({ attributes, text }));
}

Deno.test("reportPage() keeps what files say from being read as HTML", () => {
  const page = reportPage(DATA);
  const scripts = scriptsOf(page);
  assertEquals(scripts.map(({ attributes }) => attributes.trim()), [
    'type="application/json" id="data"',
    "",
    'type="module"',
  ]);
  assertEquals(JSON.parse(scripts[0].text), JSON.parse(JSON.stringify(DATA)));
  assertEquals(page.split("<script").length - 1, 3);
  assert(page.includes("<title>&lt;/script&gt;&lt;script&gt;alert(&quot;1&quot;)"));
});

Deno.test("reportPage() asks for nothing else, and live for its own server alone", () => {
  const page = reportPage(DATA);
  for (const wanted of [/<link[^>]*href="(?!data:)/, /\bsrc=/, /@import/, /url\(/]) {
    assert(!wanted.test(page), `${wanted}`);
  }
  assertMatch(page, /Content-Security-Policy" content="default-src 'none';[^"]*"/);
  assert(!page.includes("connect-src"));
  assert(!page.includes("<body data-live"));
  const live = reportPage(DATA, { live: true });
  assert(live.includes("connect-src 'self'\"") && live.includes("<body data-live>"));
  assert(live.includes('<progress id="progress"'));
});

Deno.test("reportPage() has every element that its script looks for, and the licence of the charts", () => {
  const page = reportPage(DATA, { live: true });
  const script = scriptsOf(page)[2].text;
  const ids = [...script.matchAll(/\bat\("(\w+)"\)/g)].map(([, id]) => id);
  assertEquals(new Set(ids).size, 10);
  for (const id of ids) assert(page.includes(`id="${id}"`), id);
  assertMatch(page, /Permission is hereby granted, free of charge/);
  // The library defines what the script draws with.
  assert(script.includes("new uPlot("));
  assertMatch(scriptsOf(page)[1].text, /var uPlot=/);
});

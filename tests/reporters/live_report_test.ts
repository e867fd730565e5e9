import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { LiveReport } from "../../src/reporters/live_report.ts";
import { JOURNAL_NAME, RunJournal } from "../../src/reporters/run_journal.ts";
import { withFolder } from "../support/with_folder.ts";
import { FACTS, PROGRESS } from "./run_facts.ts";

async function get(url: string, headers: Record<string, string> = {}) {
  const response = await fetch(url, { headers });
  return { status: response.status, text: await response.text() };
}

Deno.test("LiveReport serves the page and what is new, until it ends", async () => {
  await withFolder({}, async (folder) => {
    const journal = new RunJournal(`${folder}/${JOURNAL_NAME}`);
    // What an earlier run has left is not shown.
    journal.start(FACTS);
    journal.log({ loss: 9, step: 9 });
    let url = "";
    {
      await using live = new LiveReport(folder, 0);
      url = live.url;
      assertMatch(url, /^http:\/\/127\.0\.0\.1:\d+\/$/);
      const data = async () => JSON.parse((await get(`${url}data.json`)).text);
      const { report, progress } = await data();
      assertEquals([report.title, report.panels, progress], [folder, [], null]);
      assertMatch((await get(url)).text, /<body data-live>/);
      for (const loss of [3, 2]) {
        journal.start(FACTS);
        live.start();
        journal.log({ loss, step: 1 });
        live.progress(PROGRESS);
        const { report, progress } = await data();
        assertEquals(report.panels[0].lines, [{ run: 0, label: "", x: [1], y: [loss] }]);
        assertEquals(progress.step, PROGRESS.step);
      }
      assertEquals((await get(`${url}other`)).status, 404);
    }
    await assertRejects(() => get(url), TypeError);
  });
});

Deno.test("LiveReport answers nobody who came by another name", async () => {
  await withFolder({}, async (folder) => {
    await using live = new LiveReport(folder, 0);
    const { port } = new URL(live.url);
    const ask = async (host: string) => {
      using connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
      const request = `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
      await connection.write(new TextEncoder().encode(request));
      const answer = new Uint8Array(12);
      await connection.read(answer);
      return new TextDecoder().decode(answer).slice(9);
    };
    assertEquals(await ask("example.com"), "403");
    assertEquals(await ask(`localhost:${port}`), "200");
  });
});

Deno.test("LiveReport says that a port is not free", async () => {
  await using live = new LiveReport("a", 0);
  const port = Number(new URL(live.url).port);
  assertThrows(() => new LiveReport("a", port), UsageError, `Cannot serve on port ${port}: `);
});

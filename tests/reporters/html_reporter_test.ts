import { assertMatch, assertThrows } from "@std/assert";
import { HtmlReporter, REPORT_NAME } from "../../src/reporters/html_reporter.ts";
import { JOURNAL_NAME, RunJournal } from "../../src/reporters/run_journal.ts";
import { withFolder } from "../support/with_folder.ts";
import { FACTS } from "./run_facts.ts";

Deno.test("HtmlReporter leaves a page when the run ends", async () => {
  await withFolder({}, async (folder) => {
    const journal = new RunJournal(`${folder}/${JOURNAL_NAME}`);
    journal.start(FACTS);
    journal.log({ loss: 1, step: 7 });
    assertThrows(() => Deno.statSync(`${folder}/${REPORT_NAME}`), Deno.errors.NotFound);
    new HtmlReporter(folder).finish();
    assertMatch(await Deno.readTextFile(`${folder}/${REPORT_NAME}`), /"x":\[7\],"y":\[1\]/);
  });
});

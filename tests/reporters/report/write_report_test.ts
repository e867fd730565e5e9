import { assertMatch, assertThrows } from "@std/assert";
import { InputError, OutputError } from "../../../src/errors.ts";
import { writeReport } from "../../../src/reporters/report/write_report.ts";
import { withFolder } from "../../support/with_folder.ts";

Deno.test("writeReport() writes the page of one run or several", async () => {
  const state = '{"log_history": [{"loss": 1, "step": 1}]}';
  await withFolder(
    { "a/trainer_state.json": state, "b/trainer_state.json": state },
    async (folder) => {
      const [a, b, file] = ["a", "b", "new/page.html"].map((name) => `${folder}/${name}`);
      writeReport([a], file);
      assertMatch(await Deno.readTextFile(file), /<title>[^<]*\/a<\/title>/);
      writeReport([a, b], file);
      assertMatch(await Deno.readTextFile(file), /<title>2 runs<\/title>/);
      assertThrows(() => writeReport([a], a), OutputError, `Cannot write ${a}: `);
      assertThrows(() => writeReport([folder], file), InputError, "found neither");
    },
  );
});

import fc from "fast-check";
import { openLog } from "../../src/action/log.js";
import { hostileText } from "../support/hostile-verdict.js";
import { readLog } from "./support/read-log.js";

/** What a log of these words writes, the toolkit's own commands included. */
function written(tell: (log: ReturnType<typeof openLog>) => void): string {
  const usual = process.stdout.write;
  let text = "";
  const write = (part: string) => {
    text += part;
  };
  process.stdout.write = ((part: string) => {
    write(part);
    return true;
  }) as typeof usual;
  try {
    tell(openLog(write));
  } finally {
    process.stdout.write = usual;
  }
  return text;
}

const commands = ["::set-output name=a::b", " ::error::x", "##[add-mask]x", "a\r::stop-commands::y", "::endgroup::"];
const attack = fc
  .array(fc.oneof(fc.constantFrom(...commands), hostileText), { maxLength: 4 })
  .map((parts) => parts.join("\n"));

test("foreign text is shown line by line, and none of it is a command", () => {
  fc.assert(
    fc.property(attack, (text) => {
      const { commands: obeyed, shown } = readLog(written((log) => log.foreign(text)));
      expect(obeyed).toEqual([]);
      expect(shown.join("")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
    }),
  );
});

test("groups and remarks are one command each, whatever stands in them", () => {
  fc.assert(
    fc.property(attack, (text) => {
      const output = written((log) => {
        log.group(text);
        log.notice(text);
        log.error(text);
        log.missed(text);
      });
      const names = readLog(output).commands.map(({ name }) => name);
      expect(names).toEqual(["group", "notice", "error", "notice"]);
    }),
  );
});

test("a group ends before the next one, and what was missed is said once and kept", () => {
  const misses: string[] = [];
  const output = written((log) => {
    log.group("one");
    log.group("two");
    log.endGroup();
    log.endGroup();
    log.missed("could not comment");
    log.missed("could not comment");
    misses.push(...log.misses);
  });
  expect(output).toBe(
    "::group::one\n::endgroup::\n::group::two\n::endgroup::\n::notice title=plan-gate::could not comment\n",
  );
  expect(misses).toEqual(["could not comment"]);
});

test("what reads a log in these tests obeys what the runner obeys, and stops where it stops", () => {
  const { commands: obeyed, shown } = readLog(
    "  ::notice title=t::a\nx ##[error]b\n::nothing::c\n::stop-commands::w\n::error::d\n##[error]e\n::w::\r::debug::f\n",
  );
  expect(obeyed.map(({ name, data }) => `${name} ${data}`)).toEqual(["notice a", "error b", "debug f"]);
  expect(shown).toEqual(["::nothing::c", "::error::d", "##[error]e", ""]);
});

import { describe, expect, it } from "@jest/globals";
import { noMetrics } from "../../../src/base/metrics.ts";
import { openFunction } from "./support.ts";

const time = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`;

/** What CloudWatch gets of a function's body, without Lambda's own lines, and what the terminal shows. */
async function logged(body: string, loggingConfig: object = {}, before = "") {
  const events: string[] = [];
  const { call, log } = openFunction(
    `${before}\nexport const handler = async () => { ${body} };`,
    { loggingConfig: { logFormat: "Text", ...loggingConfig } },
    { metrics: { ...noMetrics, line: (_, __, text) => void events.push(text) } },
  );
  const { requestId } = await call();
  return {
    requestId,
    events: events.filter((text) => !/^(START|END|REPORT) /.test(text)),
    shown: log.entries.map(({ level, message }) => [level, message]),
  };
}

describe("the console of a function", () => {
  it("writes an event with time, request and level for each call, also one with several lines", async () => {
    const { requestId, events, shown } = await logged(
      "console.log('one %s\\ntwo', 1); console.info({ a: [1] }); console.debug('d'); console.warn('w'); console.error('e');",
    );
    expect(events).toEqual(
      [
        ["INFO", "one 1\ntwo"],
        ["INFO", "{ a: \\[ 1 \\] }"],
        ["DEBUG", "d"],
        ["WARN", "w"],
        ["ERROR", "e"],
      ].map(([level, message]) =>
        expect.stringMatching(new RegExp(`^${time}\t${requestId}\t${level}\t${message}$`)),
      ),
    );
    expect(shown).toEqual(
      expect.arrayContaining([
        ["info", "one 1\ntwo"],
        ["debug", "d"],
        ["warn", "w"],
        ["error", "e"],
      ]),
    );
  });

  it("knows no request before the first run", async () => {
    const { events } = await logged("", {}, "console.log('starts');");
    expect(events).toEqual([expect.stringMatching(new RegExp(`^${time}\tundefined\tINFO\tstarts$`))]);
  });

  it("is not what writes to the streams: their lines have nothing added", async () => {
    const { events } = await logged(
      "process.stdout.write('a\\nb\\n'); new console.Console(process.stderr).log('c');",
    );
    expect(events).toEqual(["a", "b", "c"]);
  });

  it("writes objects in the JSON format", async () => {
    const { requestId, events } = await logged(
      "console.log('one', 2); console.warn({ a: 1 }); console.error('no', new TypeError('bad'));",
      { logFormat: "JSON" },
    );
    const of = (level: string) => ({ timestamp: expect.stringMatching(`^${time}$`), level, requestId });
    expect(events.map((event) => JSON.parse(event) as unknown)).toEqual([
      { ...of("INFO"), message: "one 2" },
      { ...of("WARN"), message: { a: 1 } },
      {
        ...of("ERROR"),
        message: expect.stringMatching(/^no TypeError: bad\n/),
        ...{ errorType: "TypeError", errorMessage: "bad", stackTrace: expect.any(Array) },
      },
    ]);
  });

  it("leaves out what is less important than the level of the JSON format", async () => {
    const body = "console.debug('d'); console.info('i'); console.warn('w'); console.error('e');";
    const { events } = await logged(body, { logFormat: "JSON", applicationLogLevel: "WARN" });
    expect(events.map((event) => (JSON.parse(event) as { message: string }).message)).toEqual(["w", "e"]);
    expect((await logged(body)).events).toHaveLength(4);
  });

  it("writes an object that JSON does not know as a text", async () => {
    const { events } = await logged("const a = {}; a.a = a; console.log(a); console.log(1n);", {
      logFormat: "JSON",
    });
    expect(events.map((event) => (JSON.parse(event) as { message: string }).message)).toEqual([
      "<ref *1> { a: [Circular *1] }",
      "1n",
    ]);
  });
});

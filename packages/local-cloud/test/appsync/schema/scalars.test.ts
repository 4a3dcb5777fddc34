import { describe, expect, it } from "@jest/globals";
import { awsScalars } from "../../../src/appsync/schema/scalars.ts";
import { apiGraph, echo, serve } from "../../../../../test/support/appsync.ts";

const valid: Record<string, readonly unknown[]> = {
  AWSDate: ["2020-02-29", "1970-01-01Z", "1970-01-01-07:00", "1970-01-01+05:30", "1970-01-01+05:30:15"],
  AWSTime: ["12:00:34", "12:00", "12:00:34Z", "12:00:34.283", "12:00:34.123456789-07:00"],
  AWSDateTime: [
    "1970-01-01T12:00:34Z",
    "2020-01-01T00:00+00:00",
    "2021-01-26T16:44Z",
    "1970-01-01T12:00:34.283+05:30:15",
  ],
  AWSTimestamp: [0, -1, 1_700_000_000],
  AWSEmail: ["a@b.c", "first.last+tag@example.co.uk", '"a b"@example.com', "a@localhost"],
  AWSJSON: ['{"a":1}', "[]", '"text"', "5", "null", "true"],
  AWSURL: ["https://amazon.com", "http://a.b/c?d=e#f", "mailto:x@y.z", "https://a.b/c?next=http://d"],
  AWSPhone: ["+1 202 555 0143", "2025550143", "202-555-0143", "+44 20 7946 0958", "+4915112345678"],
  AWSIPAddress: ["123.12.34.56", "123.45.67.89/16", "::1", "1a2b:3c4b::1234:4567", "1a2b:3c4b::1234:4567/64"],
};

const invalid: Record<string, readonly unknown[]> = {
  AWSDate: ["2020-02-30", "2020-1-1", "2020-01-01T00:00:00Z", "", 5, null],
  AWSTime: ["25:00:00", "1:00:00", "12:60", "noon", "12:00:34.1234567890"],
  AWSDateTime: [
    "2020-05-23T06:4:37.000Z",
    "2020-05-23",
    "2020-05-23T06:04:37",
    "2020-02-30T00:00:00Z",
    "2020-01-01 00:00:00Z",
  ],
  AWSTimestamp: ["0", 1.5, Infinity],
  AWSEmail: ["a", "@b", "a@", "a@b@c", "a b@c.d", "a..b@c.d"],
  AWSJSON: ["{a:1}", "meow", "", 5, { a: 1 }],
  AWSURL: ["amazon.com", "/a", "https://a.b//c", "https://a.b/c//d"],
  AWSPhone: ["1110004444", "+12312", "", "phone", "+0123456789", "911"],
  AWSIPAddress: ["256.1.1.1", "1.2.3", "[::1]", "1.2.3.4/33", "::1/129", "1.2.3.4/8/8", "fe80::1%eth0"],
};

const cases = (from: typeof valid) =>
  Object.entries(from).flatMap(([name, values]) => values.map((value): [string, unknown] => [name, value]));

describe("a scalar of AWS", () => {
  it.each(cases(valid))("%s accepts %j", (name, value) => {
    expect(() => awsScalars[name]?.parseValue(value)).not.toThrow();
    if (name !== "AWSJSON") {
      expect(awsScalars[name]?.serialize(value)).toBe(value);
    }
  });

  it.each(cases(invalid))("%s refuses %j", (name, value) => {
    expect(() => awsScalars[name]?.parseValue(value)).toThrow(/^Unable to parse/);
  });

  it("AWSJSON is parsed for resolvers, and is text for clients", async () => {
    const schema = "type Query { type(json: AWSJSON): String echo(json: AWSJSON): AWSJSON stored: AWSJSON }";
    const resolvers = {
      "Query.type": echo("typeof ctx.args.json"),
      "Query.echo": echo("ctx.args.json"),
      "Query.stored": echo(`'{"a":1}'`),
    };
    const api = await serve(apiGraph({ schema, resolvers }));
    const query = `{ type(json: "{\\"a\\":1}") echo(json: "[1,{\\"b\\":null}]") stored }`;
    expect(await api.query(query)).toEqual({
      data: { type: "object", echo: '[1,{"b":null}]', stored: '{"a":1}' },
    });
  });
});

describe("AppSync's message for a wrong value", () => {
  const schema = `type Query { call(phone: AWSPhone): String book(input: Booking): String late: Trip due(at: AWSDateTime): String }
    input Booking { phone: AWSPhone at: AWSDateTime }
    type Trip { stops: [Stop] } type Stop { at: AWSDateTime }`;
  const resolvers = {
    "Query.late": echo("({ stops: [{ at: '2020-05-23T06:04:37Z' }, { at: '2020-05-23T06:4:37.000Z' }] })"),
  };

  it("names the variable", async () => {
    const api = await serve(apiGraph({ schema, resolvers }));
    expect(
      await api.query("query Q($phone: AWSPhone) { call(phone: $phone) }", { phone: "1110004444" }),
    ).toEqual({
      data: null,
      errors: [
        {
          path: null,
          locations: [{ line: 1, column: 9, sourceName: null }],
          message:
            "Variable 'phone' has an invalid value. Unable to parse `1110004444` as a valid phone number.",
        },
      ],
    });
  });

  it("names the inner field of an input", async () => {
    const api = await serve(apiGraph({ schema, resolvers }));
    const { errors } = await api.query("query Q($input: Booking) { book(input: $input) }", {
      input: { at: "now" },
    });
    expect(errors).toMatchObject([
      { message: "Variable 'at' has an invalid value. Unable to parse `now` as a valid DateTime Object." },
    ]);
  });

  it("names the path of an output", async () => {
    const api = await serve(apiGraph({ schema, resolvers }));
    expect(await api.query("{ late { stops { at } } }")).toEqual({
      data: { late: { stops: [{ at: "2020-05-23T06:04:37Z" }, { at: null }] } },
      errors: [
        {
          path: ["late", "stops", 1, "at"],
          locations: null,
          message:
            "Can't serialize value (/late/stops[1]/at) : Unable to serialize `2020-05-23T06:4:37.000Z` as a valid DateTime Object.",
        },
      ],
    });
  });

  it("does not exist for null", async () => {
    const api = await serve(apiGraph({ schema, resolvers }));
    expect(await api.query("query Q($phone: AWSPhone) { call(phone: $phone) }", { phone: null })).toEqual({
      data: { call: null },
    });
  });
});

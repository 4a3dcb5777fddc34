import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../support/program.ts";

const file = join(root, "docs/limits.md");

const row = /^\| `?([^`|]+?)`? +\| ([\d.]+) +\|$/gm;

/** US dollars for a million calls, as docs/limits.md states them. */
export const readCosts = (): ReadonlyMap<string, number> =>
  new Map(
    [...readFileSync(file, "utf8").matchAll(row)].map(([, name = "", usd]) => [name, Number(usd)] as const),
  );

/** US dollars a day of one user, as docs/limits.md states them. */
export function readDay() {
  const sentence = /costs at most \$([\d.]+) for changes[^$]*\$([\d.]+) for labels[^$]*\$([\d.]+) in all/;
  const [changes = 0, labels = 0, sum = 0] = (sentence.exec(readFileSync(file, "utf8")) ?? [])
    .slice(1)
    .map(Number);
  return { changes, labels, sum };
}

/** What the firewall lets one token send in a day, in requests and in US dollars, as docs/limits.md states it. */
export function readBurst() {
  const sentence = /lets one token send ([\d,]+) requests a day: refused mutations cost \$(\d+)[^$]*\$(\d+)/;
  const [requests = 0, refused = 0, lists = 0] = (sentence.exec(readFileSync(file, "utf8")) ?? [])
    .slice(1)
    .map((each) => Number(each.replaceAll(",", "")));
  return { requests, refused, lists };
}

/** Rewrites the table with a margin: clocks differ from run to run. */
export function writeCosts(measured: ReadonlyMap<string, number>): void {
  const costs = [...measured].map(([name, usd]) => [codeOf(name), rounded(usd * 1.25)] as const);
  const width = Math.max(...costs.map(([name]) => name.length));
  const lines = [["a million calls of", "US dollars"] as const, ["-".repeat(width), "-".repeat(10)] as const]
    .concat(costs)
    .map(([name, usd]) => `| ${name.padEnd(width)} | ${usd.padEnd(10)} |\n`);
  const text = readFileSync(file, "utf8");
  writeFileSync(
    file,
    text.replace(/\| a million calls of(?:.*\n\|)*.*\n/, () => lines.join("")),
  );
}

/** US dollars. */
export interface AttackCost {
  readonly hour: number;
  readonly day: number;
}

const attackRow = /^\| ((?:sign-ups|a user)[^|]*?) +\| ([\d.]+) +\| ([\d.]+) +\|$/gm;

/** What each attack costs, as docs/limits.md states it. */
export const readAttacks = (): ReadonlyMap<string, AttackCost> =>
  new Map(
    [...readFileSync(file, "utf8").matchAll(attackRow)].map(
      ([, name = "", hour, day]) => [name, { hour: Number(hour), day: Number(day) }] as const,
    ),
  );

/** Rewrites the table of attacks, with the same margin. */
export function writeAttacks(attacks: ReadonlyMap<string, AttackCost>): void {
  const costs = [...attacks].map(([name, { hour, day }]) => [
    name,
    rounded(hour * 1.25),
    rounded(day * 1.25),
  ]);
  const width = Math.max(...costs.map(([name = ""]) => name.length));
  const lines = [
    ["attack, US dollars", "in an hour", "in a day"],
    ["-".repeat(width), "----------", "--------"],
  ]
    .concat(costs)
    .map(
      ([name = "", hour = "", day = ""]) =>
        `| ${name.padEnd(width)} | ${hour.padEnd(10)} | ${day.padEnd(8)} |\n`,
    );
  const text = readFileSync(file, "utf8");
  writeFileSync(
    file,
    text.replace(/\| attack, US dollars(?:.*\n\|)*.*\n/, () => lines.join("")),
  );
}

const codeOf = (name: string): string => (name.includes(" ") ? name : `\`${name}\``);

/** Up to two digits. */
function rounded(usd: number): string {
  if (usd === 0) {
    return "0";
  }
  const unit = 10 ** (Math.floor(Math.log10(usd)) - 1);
  return String(Number((Math.ceil(usd / unit) * unit).toPrecision(2)));
}

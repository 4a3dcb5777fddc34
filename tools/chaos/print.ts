import { table } from "../bench/figure.ts";
import { isClean, type Ledger } from "./run.ts";

/** Lines of each kind, at maxLines; `--json` has all. */
const maxLines = 20;

/** The ledger for people. */
export function print(ledger: Ledger): string {
  const { entries, missing, faults, receivers, seed, assets, seconds, kills, folder } = ledger;
  const rows = entries.map(({ check, planned, found, differences, explained }) => ({
    check,
    planned,
    found,
    differences: differences.length,
    explained: explained.length,
  }));
  const counts = (all: Readonly<Record<string, number>>, kind: string) =>
    Object.entries(all).map(([name, times]) => ({ [kind]: name, times }));
  return [
    table({ title: `Ledger of ${assets} assets, seed ${seed}, ${seconds} s, ${kills} times kill -9`, rows }),
    table({ title: "Injected faults", rows: counts(faults, "fault") }),
    table({ title: "How receivers answered", rows: counts(receivers, "answer") }),
    ...section(
      "Explained",
      entries.flatMap(({ check, explained }) => explained.map((line) => `${check}: ${line}`)),
    ),
    ...section(
      "Differences",
      entries.flatMap(({ check, differences }) => differences.map((line) => `${check}: ${line}`)),
    ),
    ...section("Missing at the end of the time", missing),
    ...(folder === undefined ? [] : ["", `Data and log: ${folder}`]),
    "",
    isClean(ledger)
      ? "No difference."
      : `There are differences. Repeat the run with: --assets ${assets} --seed ${seed}`,
  ].join("\n");
}

function section(title: string, lines: readonly string[]): string[] {
  const more = lines.length > maxLines ? [`  and ${lines.length - maxLines} more`] : [];
  return lines.length === 0
    ? []
    : ["", title, ...lines.slice(0, maxLines).map((line) => `  ${line}`), ...more];
}

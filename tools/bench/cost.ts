import { metrics } from "../../domain/metrics.ts";
import local from "../../local-cloud.config.ts";
import { startCloud, type Cloud } from "../../packages/local-cloud/src/cloud.ts";
import { createLog } from "../../packages/local-cloud/src/base/log.ts";
import { evaluate } from "../../packages/local-cloud/src/engine/evaluate.ts";
import { type Bill, difference, times } from "../../packages/local-cloud/src/meter/index.ts";
import { monthlyLine, standingCosts } from "../../packages/local-cloud/src/meter/monthly.ts";
import { root } from "./cloud.ts";
import { invoke, liveThrough } from "./cost-life.ts";
import { writeCostPage } from "./cost-page.ts";
import type { Stored } from "./cost-storage.ts";
import type { Figure, Options, Row } from "./figure.ts";
import { round } from "./statistics.ts";

const assets = 200;
const million = 1_000_000;
/** A settled asset is checked at 7, 14, 28, 56, 112 and 224 days, then every 180 days: see `settledWait`. */
const checksAMonth = { first: 3, ofYear: 6 / 12, later: 30 / 180 };

/** The bill of a million assets at list prices, and of a month, by the local cloud's meter. */
export async function cost({ smoke }: Options): Promise<Figure> {
  const count = smoke ? 4 : assets;
  const log = createLog("silent", () => undefined);
  const cloud = await startCloud({ root, local, stack: "prod", port: 0, data: undefined, log });
  try {
    const sweep = await idleSweep(cloud);
    const { steps, stored } = await liveThrough(cloud, count);
    const scaled = steps.map(({ name, used }) => ({ name, used: times(used, million / count) }));
    const check = scaled.find(({ name }) => name.startsWith("check"))?.used ?? { usd: 0, lines: [] };
    const figure: Figure = {
      title: `A million assets at AWS's list prices, US dollars, by ${count} assets of the stack prod`,
      bar: "Rekognition apart, <= 60 once, <= 5 a month beside storage",
      rows: [
        ...scaled.map(({ name, used }) => rowOf(name, used.lines)),
        rowOf("month of checks, the first", times(check, checksAMonth.first).lines),
        rowOf("month of checks, mean of a year", times(check, checksAMonth.ofYear).lines),
        rowOf("month of checks, later", times(check, checksAMonth.later).lines),
        rowOf("month of stored rows", storage(stored, million / count)),
        rowOf("idle month, schedules", [
          ...times(sweep, 60 * 24 * 30).lines,
          monthlyLine("metrics", Object.keys(metrics.sweep).length),
        ]),
        ...(await Promise.all(["dev", "prod"].map((stack) => idleMonth(stack)))),
      ],
      notes: [
        ...dearest(scaled.slice(0, 2).flatMap(({ used }) => used.lines)),
        "Lambda's GB-seconds are those of this machine. Free tiers are not deducted.",
      ],
    };
    if (process.env["WRITE_DOCS"] === "1") {
      writeCostPage(figure);
    }
    return figure;
  } finally {
    await cloud.stop();
  }
}

/** A run of the sweep that finds nothing. */
async function idleSweep(cloud: Cloud): Promise<Bill> {
  await invoke(cloud, "sweep");
  const before = cloud.meter();
  await invoke(cloud, "sweep");
  return difference(before, cloud.meter());
}

/** All tables have point-in-time recovery, which is charged for the table without its indexes. */
const storage = ({ tables, indexes }: Stored, factor: number) => [
  monthlyLine("items", (tables + indexes) * factor),
  monthlyLine("backups", tables * factor),
];

/** What is charged for what the stack declares. */
export async function idleMonth(stack: string): Promise<Row> {
  return rowOf(`idle month, declared by ${stack}`, standingCosts(await evaluate({ root, stack })));
}

interface Cost {
  readonly service: string;
  readonly usd: number;
}

const services = [
  "AppSync",
  "DynamoDB",
  "Lambda",
  "SQS",
  "S3",
  "CloudWatch",
  "KMS",
  "WAF",
  "Rekognition",
] as const;

function rowOf(what: string, lines: readonly Cost[]): Row {
  const of = (holds: (service: string) => boolean) =>
    round(
      lines.filter(({ service }) => holds(service)).reduce((sum, { usd }) => sum + usd, 0),
      2,
    );
  return {
    what,
    ...Object.fromEntries(services.map((service) => [service, of((one) => one === service)])),
    "without Rekognition": of((one) => one !== "Rekognition"),
  };
}

/** The resources on which most is spent. */
function dearest(lines: Bill["lines"]): string[] {
  const sums = new Map<string, number>();
  for (const { service, unit, resource, usd } of lines) {
    const key = `${service}, ${unit}, ${resource.replace(/-[0-9a-f]{7}(?=$|\/)/, "")}`;
    sums.set(key, (sums.get(key) ?? 0) + usd);
  }
  return [...sums]
    .sort(([, one], [, other]) => other - one)
    .slice(0, 12)
    .map(([key, usd]) => `${round(usd, 2)}: ${key}`);
}

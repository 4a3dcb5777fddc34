import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { metrics } from "../../domain/metrics.ts";
import { root } from "./cloud.ts";
import type { Figure, Row } from "./figure.ts";

const allMetrics = (0.3 * Object.values(metrics).flatMap(Object.keys).length).toFixed(2);

const head = `# Costs

What AWS charges, at list prices of us-east-1 (\`packages/local-cloud/src/meter/prices.ts\` has their date and sources), by the local cloud's meter. \`WRITE_DOCS=1 npm run bench -- --only cost\` measures again and writes this page. What a user can spend on purpose is in [limits.md](limits.md#what-a-loop-of-calls-costs).

The life of an asset: one user creates it and uploads a JPEG; it is checked, labelled, and gets two thumbnails; one subscriber sees each event; it is listed once on a page of 20 with its thumbnail; the sweep compares row and object after 7 days, and then less and less often; in the end it is purged. All with the settings of prod, eight uploads at once.

US dollars for a million assets:
`;

const tail = `
- A picture that is downloaded costs $90 for 1,000 GB, and $23 a month for 1,000 GB stored.
- GB-seconds are durations on the machine that measured, cold starts included, times the declared memory. On AWS a function with less memory has less of a processor too: what waits gets cheaper by less memory, what computes does not. Counts (requests, units, bytes) do not depend on the machine.
- Events are published one at a time, as prod does (\`publishTogether\`, [ADR 12](adr/0012-events-together.md)).
- Free tiers and discounts for volume are not deducted.
- Each receiver of callbacks costs about $15 for a million callbacks (\`replayDelivery\` in limits.md).
- \`idle month, declared\` is for alarms, dashboard, rules of Contributor Insights, keys, the firewall, and the pollers of empty queues. Each request costs the firewall $0.60 a million more.
- A custom metric costs $0.30 in each month in which it gets values: the sweep's are in the idle month, all of them together cost $${allMetrics}.
- Cognito: $0.015 for each user who signs in within a month, beyond the first 10,000.
`;

/** Writes docs/costs.md. */
export function writeCostPage({ rows, notes = [] }: Figure): void {
  const columns = Object.keys(rows[0] ?? {});
  const cells = [columns, ...rows.map((row) => columns.map((column) => cellOf(row, column)))];
  const widths = columns.map((_, at) => Math.max(...cells.map((row) => row[at]?.length ?? 0), 3));
  const lines = cells.map((row) => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`);
  lines.splice(1, 0, `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`);
  const most = notes
    .filter((note) => /^[\d.]+: /.test(note))
    .map((note) => `- ${note.replace(/^([\d.]+): /, "$$$1: ")}`);
  const page = `${head}\n${lines.join("\n")}\n\nOn what the first two steps spend the most:\n\n${most.join("\n")}\n\nAlso:\n${tail}`;
  writeFileSync(join(root, "docs/costs.md"), page);
}

const cellOf = (row: Row, column: string): string => String(row[column] ?? "");

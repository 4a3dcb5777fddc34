import { setTimeout as pause } from "node:timers/promises";
import { ConditionalCheckFailedException, GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { dayOf, everybody, labelledId } from "../../domain/usage.ts";
import type { AssetEvent } from "../../packages/client/src/index.ts";
import type { Ready } from "../../packages/local-cloud/src/cloud.ts";
import { tablesOf } from "./administrator.ts";
import type { Evidence } from "./evidence.ts";
import type { Person } from "./people.ts";
import { gate, persist } from "./persist.ts";
import type { Plan, PlannedBound } from "./plan.ts";
import { type Journey, journeys } from "./journeys.ts";
import type { ReceivedEvents } from "./received-events.ts";

/** A time in which labelling was bounded. */
export interface Bound {
  readonly kind: PlannedBound["kind"];
  /** How many calls of DetectLabels may have been answered at its end, and how many were. */
  readonly allowed: number;
  readonly calls: number;
}

/** How long a bound lasts, in milliseconds. */
const lasting = 25_000;

/** How long labelling is paused before a budget is set: longer than a call takes that has begun. */
const settling = 4_000;

/** Calls that may be under way when labelling is paused: one for each run of the function. */
const underWay = 5;

/** More than any run needs. */
const unbounded = 1_000_000;

interface Options {
  readonly plan: Plan;
  readonly ready: Ready;
  readonly evidence: Evidence;
  readonly admin: Person;
  readonly owners: readonly Person[];
  readonly received: ReceivedEvents;
  /** Fills with the bounds that have ended. */
  readonly bounds: Bound[];
  readonly signal: AbortSignal;
  /** Whether all assets are done. */
  readonly isOver: () => boolean;
  readonly progress: (text: string) => void;
}

/**
 * An admin bounds labelling when the planned shares of pictures are labelled. What waits for the next day after that, is
 * made due at once.
 */
export async function boundLabelling(options: Options): Promise<void> {
  const { plan, admin, evidence, received, ready, signal, isOver } = options;
  const pictures = plan.assets.filter(({ journey }) => isLabelled(journeys[journey])).length;
  await setLimits(admin, noBound);
  const due = [...plan.bounds];
  const began = dayAt(Date.now());
  while (!isOver()) {
    const next = due[0];
    if (next && answeredIn(evidence) >= next.share * pictures && !isMidnightNear(Date.now())) {
      due.shift();
      await bind(next.kind, began, options);
    }
    await wake(waitingIn(received), ready, signal);
    await pause(1000, undefined, { signal });
  }
}

const isLabelled = ({ events }: Journey): boolean => events.includes("LABELLING");

/** A bound is of one day. */
const isMidnightNear = (now: number): boolean => dayAt(now) !== dayAt(now + settling + lasting);

const dayAt = (time: number): string => dayOf(new Date(time).toISOString());

async function bind(kind: PlannedBound["kind"], began: string, options: Options): Promise<void> {
  const { admin, bounds, evidence, progress, signal } = options;
  progress(`labelling is bounded: ${kind}`);
  await setLimits(admin, { labellingPaused: true });
  const paused = answeredIn(evidence) + underWay;
  await pause(settling, undefined, { signal });
  const { limits, allowed } =
    kind === "pause" ? { limits: {}, allowed: paused } : await budgetOf(kind, began, options);
  await setLimits(admin, { labellingPaused: kind === "pause", ...limits });
  await pause(lasting, undefined, { signal });
  bounds.push({ kind, allowed, calls: answeredIn(evidence) });
  await setLimits(admin, noBound);
  progress("labelling is not bounded any more");
}

const noBound = { labellingPaused: false, maxLabelledADay: unbounded, maxLabelledADayInAll: unbounded };

const setLimits = (admin: Person, input: object): Promise<unknown> =>
  admin.ask("mutation ($input: LimitsInput!) { setLimits(input: $input) { updatedAt } }", { input });

/** A budget that leaves a few pictures, of all users or of each. It is of a day; what is allowed, of the whole run. */
async function budgetOf(
  kind: "all" | "owner",
  began: string,
  { plan, admin, owners, ready, signal }: Options,
): Promise<{ readonly limits: object; readonly allowed: number }> {
  const rest = Math.ceil(plan.assets.length / 100);
  const inAll = (day: string) => labelledInAll(day, ready, signal);
  const today = dayAt(Date.now());
  const earlier = began === today ? 0 : await inAll(began);
  if (kind === "all") {
    const max = (await inAll(today)) + rest;
    return { limits: { maxLabelledADayInAll: max }, allowed: earlier + max };
  }
  const counts = await Promise.all(owners.map(({ sub }) => labelledBy(admin, sub)));
  const max = Math.max(...counts) + rest;
  return { limits: { maxLabelledADay: max }, allowed: earlier + max * owners.length };
}

async function labelledBy(admin: Person, id: string): Promise<number> {
  const { getUser } = await admin.ask<{ getUser: { usage: { labelledToday: number } } }>(
    "query ($id: ID!) { getUser(id: $id) { usage { labelledToday } } }",
    { id },
  );
  return getUser.usage.labelledToday;
}

/** The API shows no counter of all users together. */
async function labelledInAll(day: string, ready: Ready, signal: AbortSignal): Promise<number> {
  const { dynamodb, table, close } = await tablesOf(ready, signal);
  const command = new GetItemCommand({
    TableName: table("usage"),
    Key: { ownerId: { S: everybody }, id: { S: labelledId(day) } },
    ConsistentRead: true,
  });
  const { Item } = await persist(() => dynamodb.send(command), signal);
  close();
  return Number(Item?.["count"]?.N ?? 0);
}

/** Executed calls whose answers were not lost. A unit of the budget pays for one of these. */
export const answeredIn = ({ detections, faults }: Evidence): number =>
  [...detections.values()].reduce((all, calls) => all + calls.length, 0) -
  (faults.get("lost rekognition:DetectLabels") ?? 0);

const waitingIn = (received: ReceivedEvents): AssetEvent[] =>
  received.all().flatMap((events) => (waits(events) ? events.slice(-1) : []));

/** A picture whose labelling waits for a budget of another day. A pause ends by itself, within minutes. */
function waits(events: readonly AssetEvent[]): boolean {
  const asset = events.at(-1)?.asset;
  return asset?.labelStatus === "PENDING" && asset.labelError?.code === "LabelBudgetExceeded";
}

/** Makes the rows due, as the next day would. */
async function wake(waiting: readonly AssetEvent[], ready: Ready, signal: AbortSignal): Promise<void> {
  const { dynamodb, table, close } = await tablesOf(ready, signal);
  const few = gate(8);
  const wakeOne = ({ ownerId, assetId }: AssetEvent) =>
    new UpdateItemCommand({
      TableName: table("assets"),
      Key: { ownerId: { S: ownerId }, id: { S: assetId } },
      UpdateExpression: "SET dueAt = :now",
      ConditionExpression: "labelStatus = :pending AND dueAt > :now",
      ExpressionAttributeValues: { ":now": { N: `${Date.now()}` }, ":pending": { S: "PENDING" } },
    });
  const woken = waiting.map((event) =>
    few(() =>
      persist(async () => {
        await dynamodb.send(wakeOne(event)).catch(unlessRefused);
      }, signal),
    ),
  );
  await Promise.all(woken);
  close();
}

function unlessRefused(error: unknown): void {
  if (!(error instanceof ConditionalCheckFailedException)) {
    throw error;
  }
}

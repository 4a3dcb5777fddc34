import { type Fault, faultIn } from "../fault.ts";

const deliver = "functions/deliver/deliver.ts";
const schedule = "functions/deliver/schedule.ts";
const send = "functions/deliver/send.ts";
const due = "functions/shared/due.ts";
const callbacks = "functions/shared/callbacks.ts";
const deliveries = "functions/shared/deliveries.ts";
const webhooks = "functions/webhooks/webhooks.ts";
const deliverTests = ["test/functions/deliver/deliver.test.ts", "test/functions/deliver/send.test.ts"];
const sharedTests = (...names: string[]) => names.map((name) => `test/functions/shared/${name}.test.ts`);
const callbackTests = [
  ...sharedTests("callbacks", "deliveries"),
  ...deliverTests,
  "test/functions/repair.test.ts",
];
const inDeliver = faultIn(deliver, deliverTests);
const inBudget = faultIn("functions/deliver/budget.ts", ["test/functions/deliver/budget.test.ts"]);
const inSchedule = faultIn(schedule, deliverTests);
const inSend = faultIn(send, ["test/functions/deliver/send.test.ts"]);
const inDue = faultIn(due, sharedTests("due"));
const inCallbacks = faultIn(callbacks, callbackTests);
const inDeliveries = faultIn(deliveries, callbackTests);
const inWebhooks = faultIn(webhooks, callbackTests);

export const deliverFaults: readonly Fault[] = [
  inDeliveries(
    "a delivery that is not due is sent",
    "AND #nextAttemptAt <= :now`",
    "AND #nextAttemptAt >= :now`",
  ),
  inDeliveries(
    "a delivery that was delivered is sent again",
    "`#status IN (:pending${",
    "`#status IN (:pending, :delivered${",
  ),
  inDeliver("199 counts as success", "answer.status >= 200", "answer.status >= 199"),
  inDeliver("a redirect counts as success", "answer.status < 300", "answer.status <= 300"),
  inDeliver("a receiver that is gone is called", "if (receiver?.gone) {", "if (false) {"),
  inDeliver("410 does not disable the receiver", "answer.status === 410", "answer.status === 411"),
  inDeliver(
    "one attempt more is made than the schedule has",
    "claimed.tries > maxTries",
    "claimed.tries > maxTries + 1",
  ),
  inDeliveries(
    "an attempt that was overtaken overwrites the newer one",
    'when: "#status = :pending AND #nextAttemptAt = :lease"',
    'when: "#status = :pending"',
  ),
  inSchedule("the last wait of the schedule is missing", "72_000, 86_400]", "72_000]"),
  inSchedule(
    "a receiver may ask for a wait of any length",
    "Math.min(retryAfter ?? 0, maxRetryAfter)",
    "retryAfter ?? 0",
  ),
  inSchedule(
    "a receiver may shorten the wait",
    "Math.max(wait * (1 + random / 5)",
    "Math.min(wait * (1 + random / 5)",
  ),
  inSend(
    "certificates of receivers are not checked",
    "rejectUnauthorized: true",
    "rejectUnauthorized: false",
  ),
  inSend(
    "the address that was connected to is not checked",
    "if (!isAllowed(socket.remoteAddress",
    "if (false && !isAllowed(socket.remoteAddress",
  ),
  inSend("connections are shared between receivers", "agent: false", "agent: undefined as never"),
  inSend("an endless answer is read to its end", "bytes > maxBytes", "bytes < 0"),
  inSend("a receiver has no time limit", "signal: AbortSignal.timeout(limits.answer),", ""),
  inDue(
    "a row that another writer changed is changed back",
    '"#dueAt = :seen"',
    '"attribute_exists(#dueAt)"',
  ),
  inCallbacks(
    "a second secret replaces the first",
    'rows.put(row, { when: "attribute_not_exists(id)" })',
    "rows.put(row)",
  ),
  inCallbacks("one of two rotations is lost", '"secret = :instead"', '"secret <> :instead"'),
  inSchedule(
    "a date without GMT is accepted",
    "${time} GMT`,\n  `(?:Mon|Tues",
    "${time}(?: GMT)?`,\n  `(?:Mon|Tues",
  ),
  inSchedule("a number below zero is accepted", "/^\\d+$/", "/^-?\\d+$/"),
  inSchedule("a date in the past asks for a wait below zero", "Math.max(seconds, 0)", "seconds"),
  inDeliver(
    "a receiver that failed for good is not listed",
    "await callbacks.setReceiver(ownerId, { url, gone: false, failure });",
    "",
  ),
  inDeliver(
    "a receiver that works again is still listed as failing",
    "await callbacks.setReceiver(ownerId, { url, gone: false });",
    "",
  ),
  inWebhooks(
    "a secret that was rotated stops signing at once",
    "[...kept, { secret: before.secret, until: previousUntil }]",
    "[...kept]",
  ),
  inWebhooks("of concurrent rotations only one succeeds", "attempt < maxRotations", "attempt < 1"),
  inWebhooks(
    "more secrets sign than fit",
    "previous.length > maxPrevious",
    "previous.length > maxPrevious + 1",
  ),
  inWebhooks("a deleted asset's message is sent again", "!delivery || !isShown(asset)", "!delivery"),
  inWebhooks("a replay begins beside a running attempt", "if (isRunning(delivery, now())) {", "if (false) {"),
  inDeliveries(
    "a replay that loses to an attempt succeeds without effect",
    'when: "#nextAttemptAt = :seen"',
    'when: "#nextAttemptAt >= :seen"',
  ),
  inWebhooks(
    "the answer shows the network of a name",
    'refused: "InvalidCallbackUrl",\n',
    'refused: "Conflict",\n',
  ),
  inBudget(
    "a call that the host has no room for uses up the owner's",
    "await counters.uncount(ofOwner);",
    "",
  ),
  inBudget("a host is another one for each path", "new URL(url).hostname", "url"),
  inDeliveries("waiting for another day uses up a try", "tries: claimed.tries - 1, ", ""),
];

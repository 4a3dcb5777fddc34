import { ask, type Open } from "./client.ts";
import { button, date, element, labelled, pretty, shortened, tableOr } from "./dom.ts";

interface Queue {
  readonly name: string;
  readonly messages: number;
  readonly inFlight: number;
  readonly delayed: number;
  readonly isDeadLetters: boolean;
}

interface Message {
  readonly messageId: string;
  readonly body: string;
  readonly sent: number;
  readonly receives: number;
  readonly state: string;
  readonly deadLetterOf: string | null;
}

/** All queues, and the messages of one of them. To look at a message does not receive it. */
export async function queuesView(open: Open, chosen: string, again: () => void): Promise<HTMLElement> {
  const { queues } = await ask<{ queues: readonly Queue[] }>("resources");
  const rows = queues.map(({ name, messages, inFlight, delayed, isDeadLetters }) => [
    button(name, () => open(`queues/${name}`)),
    labelled("Messages", String(messages)),
    labelled("In flight", String(inFlight)),
    labelled("Delayed", String(delayed)),
    isDeadLetters && messages > 0 ? redrive(name, again) : undefined,
  ]);
  return element(
    "section",
    {},
    tableOr("The program declares no queue.", ["Queue", "Messages", "In flight", "Delayed", "Action"], rows),
    ...(chosen === "" ? [] : await messagesIn(chosen)),
  );
}

const redrive = (queue: string, again: () => void): HTMLElement =>
  button("Redrive", async () => {
    await ask("redrive", { queue }, "POST");
    again();
  });

async function messagesIn(queue: string): Promise<HTMLElement[]> {
  const { messages } = await ask<{ messages: readonly Message[] }>("messages", { queue });
  const heading = element("h2", {}, `Messages in ${queue}`);
  const rows = messages.map(({ body, sent, receives, state, deadLetterOf }) => [
    date(sent),
    state,
    String(receives),
    deadLetterOf?.split(":").at(-1) ?? "",
    element(
      "details",
      {},
      element("summary", {}, element("code", {}, shortened(body))),
      element("pre", {}, pretty(body)),
    ),
  ]);
  const headings = ["Sent", "State", "Received", "Came from", "Body"];
  return [heading, tableOr("No message is in the queue.", headings, rows)];
}

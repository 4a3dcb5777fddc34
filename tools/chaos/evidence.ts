/** What the cloud's log shows: the injected faults and their effects. */
export class Evidence {
  /** Injected faults by kind and place. */
  readonly faults = new Map<string, number>();
  /** Each executed DetectLabels call, by object key, in epoch milliseconds. */
  readonly detections = new Map<string, number[]>();
  /** Runs of the label function that asked for labels, by object key. */
  readonly labelRuns = new Map<string, { readonly requestId: string; readonly at: number }[]>();
  /** Runs that recorded their outcome, by request. */
  readonly recordedRuns = new Set<string>();
  /** Runs that failed, by request, and why. */
  readonly failedRuns = new Map<string, string>();
  /** Number of failures of messages, by message id. */
  readonly failedMessages = new Map<string, number>();
  /** When a delivery's row key was last logged as refused with 410, or as not sent for that reason. */
  readonly gone = new Map<string, number>();

  /** One line of the log, as `npm start -- --log json` writes it. */
  readonly line = (line: string): void => {
    const parsed = parse(line);
    if (!parsed) {
      return;
    }
    const { message, fields, said } = parsed;
    const read = readers[said ? `function: ${textOf(said["message"])}` : message];
    read?.(this, { ...fields, ...said });
  };
}

type Fields = Readonly<Record<string, unknown>>;

const readers: Readonly<Record<string, (evidence: Evidence, fields: Fields) => void>> = {
  "fault injected"({ faults }, { kind, action, source, function: name }) {
    const where = textOf(action ?? name ?? source);
    const fault = `${textOf(kind)} ${where.replace(/^darkroom-\w+-/, "").replace(/-[0-9a-f]{7}$/, "")}`;
    faults.set(fault.trim(), (faults.get(fault.trim()) ?? 0) + 1);
  },
  "labels are detected"({ detections }, { key }) {
    detections.set(textOf(key), [...(detections.get(textOf(key)) ?? []), Date.now()]);
  },
  "function failed"({ failedRuns }, { requestId, errorType, errorMessage }) {
    failedRuns.set(textOf(requestId), `${textOf(errorType)}: ${textOf(errorMessage)}`);
  },
  "function: Labelling starts"({ labelRuns }, { key, requestId }) {
    const run = { requestId: textOf(requestId), at: Date.now() };
    labelRuns.set(textOf(key), [...(labelRuns.get(textOf(key)) ?? []), run]);
  },
  "function: Label job"({ recordedRuns }, { requestId, outcome }) {
    if (outcome === "labelled" || outcome === "failed") {
      recordedRuns.add(textOf(requestId));
    }
  },
  "function: A message failed"({ failedMessages, failedRuns }, { messageId, requestId, error }) {
    const id = textOf(messageId);
    failedMessages.set(id, (failedMessages.get(id) ?? 0) + 1);
    failedRuns.set(textOf(requestId), textOf((error as { name?: unknown } | undefined)?.name));
  },
  "function: Delivery"({ gone }, { id, outcome, timestamp }) {
    if (outcome === "receiver gone") {
      gone.set(textOf(id), Date.parse(textOf(timestamp)));
    }
  },
};

interface Line {
  readonly message: string;
  readonly fields: Fields;
  /** What a function logged, itself JSON. */
  readonly said?: Fields;
}

/** Undefined for an invalid line, such as one that a kill has cut off. */
function parse(line: string): Line | undefined {
  try {
    return parseWhole(line);
  } catch {
    return undefined;
  }
}

function parseWhole(line: string): Line | undefined {
  const { message, ...fields } = JSON.parse(line) as Fields;
  if (typeof message !== "string") {
    return undefined;
  }
  const said = message.startsWith('{"') ? (JSON.parse(message) as Fields) : undefined;
  return { message, fields, ...(said && { said }) };
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

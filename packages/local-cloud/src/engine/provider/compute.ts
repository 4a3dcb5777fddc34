import type { ModelsOf } from "./model.ts";

export const lambda: ModelsOf<"lambda"> = {
  "aws:lambda/eventSourceMapping:EventSourceMapping": {
    compute: ({ functionName }, at) => {
      const uuid = at.uuid();
      const functionArn = functionName.startsWith("arn:")
        ? functionName
        : at.arn("lambda", `function:${functionName}`);
      return { id: uuid, uuid, arn: at.arn("lambda", `event-source-mapping:${uuid}`), functionArn };
    },
  },
  "aws:lambda/function:Function": {
    named: { property: "name", maxLength: 64, pattern: /^[a-zA-Z0-9-_]+$/ },
    defaults: { memorySize: 128, timeout: 3 },
    compute: (_inputs, at) => {
      const arn = at.arn("lambda", `function:${at.name}`);
      return {
        id: at.name,
        name: at.name,
        arn,
        qualifiedArn: `${arn}:$LATEST`,
        version: "$LATEST",
        invokeArn: `arn:aws:apigateway:${at.region}:lambda:path/2015-03-31/functions/${arn}/invocations`,
      };
    },
  },
  "aws:lambda/permission:Permission": {
    named: { property: "statementId", maxLength: 100, pattern: /^[a-zA-Z0-9-_]+$/ },
    compute: (_inputs, at) => ({ id: at.name, statementId: at.name }),
  },
};

export const scheduler: ModelsOf<"scheduler"> = {
  "aws:scheduler/schedule:Schedule": {
    named: { property: "name", maxLength: 64, pattern: /^[0-9a-zA-Z-_.]+$/ },
    defaults: { groupName: "default" },
    compute: ({ groupName = "default" }, at) => ({
      id: `${groupName}/${at.name}`,
      name: at.name,
      arn: at.arn("scheduler", `schedule/${groupName}/${at.name}`),
    }),
  },
};

/** A rule names its bus by name or ARN. */
const busNameOf = (bus: string): string =>
  bus
    .split("/")
    .slice(bus.startsWith("arn:") ? 1 : 0)
    .join("/");

export const events: ModelsOf<"cloudwatch"> = {
  "aws:cloudwatch/eventBus:EventBus": {
    named: { property: "name", maxLength: 256, pattern: /^[/.\-_A-Za-z0-9]+$/ },
    compute: (_inputs, at) => ({ id: at.name, name: at.name, arn: at.arn("events", `event-bus/${at.name}`) }),
  },
  "aws:cloudwatch/eventBusPolicy:EventBusPolicy": {
    documents: ["policy"],
    compute: ({ eventBusName = "default" }) => ({ id: eventBusName }),
  },
  "aws:cloudwatch/eventPermission:EventPermission": {
    compute: ({ eventBusName = "default", statementId }) => ({
      id: `${busNameOf(eventBusName)}/${statementId}`,
    }),
  },
  "aws:cloudwatch/eventRule:EventRule": {
    named: { property: "name", maxLength: 64, pattern: /^[.\-_A-Za-z0-9]+$/ },
    defaults: { eventBusName: "default" },
    compute: ({ eventBusName = "default" }, at) => {
      const bus = busNameOf(eventBusName);
      const path = bus === "default" ? at.name : `${bus}/${at.name}`;
      return { id: path, name: at.name, arn: at.arn("events", `rule/${path}`) };
    },
  },
  "aws:cloudwatch/eventTarget:EventTarget": {
    defaults: { eventBusName: "default" },
    compute: ({ rule, targetId, eventBusName = "default" }, at) => {
      const id = targetId ?? `terraform-${at.hex(26, "target")}`;
      const bus = busNameOf(eventBusName);
      return { id: `${bus === "default" ? "" : `${bus}-`}${rule}-${id}`, targetId: id };
    },
  },
};

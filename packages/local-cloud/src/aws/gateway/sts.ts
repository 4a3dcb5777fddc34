import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import { type Graph, ofType } from "../../base/graph.ts";
import { AwsError, type Service } from "../../base/service.ts";

const namespace = "https://sts.amazonaws.com/doc/2011-06-15/";

/** Who am I: the one operation of STS that everybody tries first. It needs no permission. */
export function createSts(graph: Graph): Service {
  const ids = new Map(
    ofType(graph, "aws:iam/role:Role").map(({ outputs }) => [outputs.arn, outputs.uniqueId]),
  );
  return {
    scopes: ["sts"],
    async handle(call) {
      const { principal, url, response } = call;
      const parameters = new URLSearchParams(
        url.search.slice(1) || (await call.body(64 * 1024)).toString("utf8"),
      );
      const action = parameters.get("Action") ?? "";
      if (action !== "GetCallerIdentity" || principal.kind !== "role") {
        throw new AwsError("InvalidAction", `Could not find operation ${action} for version 2011-06-15`);
      }
      const { roleArn, sessionArn } = principal;
      const userId = `${ids.get(roleArn) ?? ""}:${sessionArn.split("/").at(-1) ?? ""}`;
      const result = `<Arn>${escape(sessionArn)}</Arn><UserId>${escape(userId)}</UserId><Account>${roleArn.split(":")[4] ?? ""}</Account>`;
      send(
        response,
        200,
        `<GetCallerIdentityResponse xmlns="${namespace}"><GetCallerIdentityResult>${result}</GetCallerIdentityResult><ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata></GetCallerIdentityResponse>`,
      );
    },
    fail: failQuery,
  };
}

/** An error as the services of the query protocol (STS, IAM, SNS) word it. */
export function failQuery(response: ServerResponse, { code, message, status }: AwsError): void {
  send(
    response,
    status,
    `<ErrorResponse xmlns="${namespace}"><Error><Type>Sender</Type><Code>${escape(code)}</Code><Message>${escape(message)}</Message></Error><RequestId>${randomUUID()}</RequestId></ErrorResponse>`,
  );
}

function send(response: ServerResponse, status: number, xml: string): void {
  response.writeHead(status, { "content-type": "text/xml", "content-length": Buffer.byteLength(xml) });
  response.end(xml);
}

function escape(text: string): string {
  return text.replaceAll(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/**
 * Other teams send events to two buses. Their roles have no permissions of their own: the buses let them in. A policy
 * opens the bus of orders to one role and for one source, and a permission opens the bus of clicks to everybody.
 */
const partner = (name: string) =>
  new aws.iam.Role(name, {
    assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
  });
const shop = partner("shop");
partner("website");

const orders = new aws.cloudwatch.EventBus("orders");
new aws.cloudwatch.EventBusPolicy("orders", {
  eventBusName: orders.name,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "ShopSendsOrders",
        Effect: "Allow",
        Principal: { AWS: shop.arn },
        Action: "events:PutEvents",
        Resource: orders.arn,
        Condition: { StringEquals: { "events:source": "shop.orders" } },
      },
    ],
  }),
});

const clicks = new aws.cloudwatch.EventBus("clicks");
new aws.cloudwatch.EventPermission("clicks", {
  eventBusName: clicks.name,
  statementId: "EverybodySendsClicks",
  principal: "*",
});

/** A queue for all events of a bus. */
function queueOf(name: string, bus: aws.cloudwatch.EventBus): aws.sqs.Queue {
  const queue = new aws.sqs.Queue(name);
  const rule = new aws.cloudwatch.EventRule(name, {
    eventBusName: bus.name,
    eventPattern: JSON.stringify({ source: [{ exists: true }] }),
  });
  new aws.cloudwatch.EventTarget(name, { rule: rule.name, eventBusName: bus.name, arn: queue.arn });
  new aws.sqs.QueuePolicy(name, {
    queueUrl: queue.url,
    policy: {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "events.amazonaws.com" },
          Action: "sqs:SendMessage",
          Resource: queue.arn,
          Condition: { ArnEquals: { "aws:SourceArn": rule.arn } },
        },
      ],
    },
  });
  return queue;
}

export const ordersBus = orders.name;
export const clicksBus = clicks.name;
export const ordersUrl = queueOf("orders", orders).url;
export const clicksUrl = queueOf("clicks", clicks).url;

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ServiceFunction } from "./function.ts";
import type { Settings } from "./settings.ts";

/** The function that Cognito asks before it creates an account. */
export class SignUpCheck extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  private readonly name: string;

  constructor(name: string, settings: Settings, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:SignUpCheck", name, {}, opts);
    this.name = name;
    const check = new ServiceFunction(
      name,
      // Cognito waits for five seconds.
      { settings, timeout: 5, environment: { DOMAINS: JSON.stringify(settings.signUp) }, statements: [] },
      { parent: this },
    );
    this.arn = check.arn;
    this.registerOutputs({ arn: this.arn });
  }

  /** Only this pool may call it. The pool must know the function before. */
  allow(userPoolArn: pulumi.Input<string>): void {
    new aws.lambda.Permission(
      this.name,
      {
        action: "lambda:InvokeFunction",
        function: this.arn,
        principal: "cognito-idp.amazonaws.com",
        sourceArn: userPoolArn,
      },
      { parent: this },
    );
  }
}

import * as pulumi from "@pulumi/pulumi";

export interface DeployerSettings {
  /** As in the subject of GitHub's tokens: `OWNER/REPOSITORY`, or `OWNER@ID/REPOSITORY@ID`. */
  readonly repository: string;
  /** The branch that is deployed. */
  readonly branch: string;
  /** The stacks of this account. Each is deployed by the GitHub environment of its name. */
  readonly stacks: readonly string[];
}

const id = "(?:@[0-9]+)?";
const repositories = new RegExp(`^[A-Za-z0-9-]+${id}/[A-Za-z0-9._-]+${id}$`);

/** A `*` or `?` in one of these would be a wildcard in the trust policy. */
const branches = /^[A-Za-z0-9._/-]+$/;

/** @throws Error that names every setting that is wrong. */
export function readSettings(config = new pulumi.Config()): DeployerSettings {
  const repository = config.get("repository") ?? "";
  const branch = config.get("branch") ?? "";
  const stacks = namesIn(config.get("stacks") ?? "");
  const problems = [
    ...(repositories.test(repository) && repository !== "OWNER/REPOSITORY"
      ? []
      : [`repository: must be OWNER/REPOSITORY, not ${JSON.stringify(repository)}`]),
    ...(branches.test(branch) ? [] : [`branch: must be the name of a branch, not ${JSON.stringify(branch)}`]),
    ...(stacks === undefined ? ["stacks: must be a list of names such as [dev, prod]"] : []),
  ];
  if (stacks === undefined || problems.length > 0) {
    throw new Error(
      `The stack's settings do not fit:\n${problems.map((problem) => `  ${problem}`).join("\n")}`,
    );
  }
  return { repository, branch, stacks };
}

function namesIn(text: string): readonly string[] | undefined {
  try {
    const list: unknown = JSON.parse(text);
    const isList = Array.isArray(list) && list.length > 0;
    return isList && list.every((name) => typeof name === "string" && /^[a-z][a-z0-9-]*$/.test(name))
      ? (list as string[])
      : undefined;
  } catch {
    return undefined;
  }
}

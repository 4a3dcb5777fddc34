import { endedWith, type Run, startProcess } from "./process.ts";
import { sdk } from "./sdk.ts";

/**
 * Runs the program as Pulumi's own language host does.
 *
 * @returns when the process has ended.
 * @throws `EvaluationError` ProgramFailed on a non-zero exit.
 */
export async function runProgram(run: Run): Promise<void> {
  const { status, printed } = await startProcess({
    ...run,
    commandLine: commandLine(run),
    environment: environment(run),
  }).ended;
  if (status !== 0) {
    throw endedWith(status, printed);
  }
}

function commandLine({ root, settings, stack, preview, address }: Run): string[] {
  return [
    sdk.resolve("./cmd/run/index.js"),
    ...["--monitor", address, "--engine", address],
    ...["--project", settings.project, "--stack", stack, "--organization", "organization"],
    ...["--root-directory", root, "--pwd", settings.folder, "--parallel", "16"],
    ...(preview ? ["--dry-run"] : []),
    settings.entry,
  ];
}

const environment = ({ settings }: Run): NodeJS.ProcessEnv => ({
  PULUMI_CONFIG: JSON.stringify(settings.config),
  PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(settings.secretKeys),
  PULUMI_NODEJS_TYPESCRIPT: String(settings.typescript),
  PULUMI_NODEJS_TRANSPILE_ONLY: "true",
});

import { parseArgs } from "node:util";
import { mailFile, readMail } from "./aws/cognito/mailbox.ts";

const usage = `npm run mail -- [flags]
  --data DIR   data folder of the local cloud        (.local)
  --file FILE  mailFile of the ready line, such as that of a cloud with --memory
  --last       the newest message only
  --json       one JSON object a line
  --help       this text
Prints the messages that AWS would have sent: verification codes and temporary passwords.`;

function main(args: string[]): void {
  const { values } = parseArgs({
    args,
    options: {
      data: { type: "string", default: ".local" },
      file: { type: "string" },
      last: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  const file = values.file ?? mailFile(values.data);
  const all = readMail(file);
  if (all.length === 0) {
    process.stderr.write(`No message in ${file}\n`);
  }
  for (const mail of values.last ? all.slice(-1) : all) {
    const { at, subject, username, to, secret } = mail;
    process.stdout.write(
      values.json
        ? `${JSON.stringify(mail)}\n`
        : `${at}  ${subject.padEnd(15)}  ${username} <${to ?? "no address"}>  ${secret}\n`,
    );
  }
}

try {
  main(process.argv.slice(2));
} catch (error) {
  const wrongFlags = error instanceof TypeError;
  process.stderr.write(
    `${error instanceof Error ? error.message : String(error)}\n${wrongFlags ? `\n${usage}\n` : ""}`,
  );
  process.exitCode = wrongFlags ? 2 : 1;
}

import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Storage } from "../../base/service.ts";

/** A message that AWS would send by mail or text message. Here it is written to a file of the data folder. */
export interface Mail {
  /** ISO 8601. */
  readonly at: string;
  readonly userPoolId: string;
  readonly username: string;
  /** The address. Null for a user without an address. */
  readonly to: string | null;
  readonly subject: "sign-up" | "forgot-password" | "invitation";
  /** The verification code, or with an invitation the temporary password. */
  readonly secret: string;
}

/** The messages of the data folder `folder`: one JSON object a line. */
export const mailFile = (folder: string): string => join(folder, "cognito", "mail.jsonl");

/** Bytes. Anybody can sign up, so the oldest messages are removed from a larger file. */
const maxFile = 1024 * 1024;

/** The outgoing messages of all pools, in a file that only its owner can read. They are not logged. */
export class Mailbox {
  readonly #folder: string;
  readonly #file: string;

  constructor({ folder }: Pick<Storage, "folder">) {
    this.#folder = folder;
    this.#file = join(folder, "mail.jsonl");
  }

  send(mail: Mail): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    appendFileSync(this.#file, `${JSON.stringify(mail)}\n`, { mode: 0o600 });
    // The mode above applies to a new file only.
    chmodSync(this.#file, 0o600);
    const text = readFileSync(this.#file, "utf8");
    if (text.length > maxFile) {
      writeFileSync(this.#file, text.slice(text.indexOf("\n", text.length / 2) + 1));
    }
  }

  /** Removes the messages to a user who was deleted. */
  forget(userPoolId: string, username: string): void {
    const mails = readMail(this.#file);
    const others = mails.filter((mail) => mail.userPoolId !== userPoolId || mail.username !== username);
    if (others.length < mails.length) {
      writeFileSync(this.#file, others.map((mail) => `${JSON.stringify(mail)}\n`).join(""));
    }
  }
}

/** The messages of a file that `Mailbox` wrote, oldest first. Empty if the file does not exist. */
export function readMail(file: string): Mail[] {
  if (!existsSync(file)) {
    return [];
  }
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Mail);
}

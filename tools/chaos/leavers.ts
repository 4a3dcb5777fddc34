import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import {
  AdminCreateUserCommand,
  AdminGetUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  UsernameExistsException,
} from "@aws-sdk/client-cognito-identity-provider";
import type { Ready } from "../../packages/local-cloud/src/cloud.ts";
import { administrator } from "./administrator.ts";
import type { Receivers } from "./callbacks.ts";
import { type Person, personOf, type Presigned, put } from "./people.ts";
import { isRefusal, persist } from "./persist.ts";
import type { Upload } from "./pictures.ts";

/** A user who came for the run, and was erased. */
export interface Leaver {
  readonly id: string;
  /** In the user's name, address, texts and file names. */
  readonly marker: string;
  /** What the answers should not have been. */
  readonly problems: readonly string[];
}

interface Leaving {
  readonly ready: Ready;
  readonly admin: Person;
  readonly receivers: Pick<Receivers, "learn" | "steadyUrl">;
  readonly draw: (index: number) => Upload;
  readonly signal: AbortSignal;
}

interface Reservation {
  readonly id: string;
  readonly request: Presigned;
  readonly upload: Upload;
}

/** Comes, uploads, has everything erased, changes their mind once, and is erased while an upload still arrives. */
export async function comeAndLeave(index: number, leaving: Leaving): Promise<Leaver> {
  const { admin, signal } = leaving;
  const marker = `leaver-${index}-${randomUUID()}`;
  const person = await signUp(marker, leaving);
  const problems: string[] = [];
  const kept = await Promise.all([0, 1, 2, 3].map((file) => reserve(person, marker, file, leaving)));
  for (const { request, upload, id } of kept) {
    await persist(async () => stored(await put(request, upload.bytes)), signal);
    await person.ask(
      "mutation ($id: ID!, $title: String) { updateAsset(input: { id: $id, title: $title }) { id } }",
      {
        id,
        title: marker,
      },
    );
  }
  await received(person, kept.length, signal);
  await person.ask("mutation ($id: ID!, $add: [String!]) { setLabels(id: $id, add: $add) { id } }", {
    id: kept[0]?.id,
    add: [marker],
  });
  const late = await reserve(person, marker, kept.length, leaving);
  await person.ask("mutation ($id: ID!) { eraseUser(id: $id) { status } }", { id: person.sub });
  problems.push(...(await refused(person)));
  await person.ask("mutation ($id: ID!) { cancelErasure(userId: $id) { status } }", { id: person.sub });
  const shown = await received(person, kept.length, signal);
  problems.push(
    ...(shown === kept.length ? [] : [`${shown} of ${kept.length} assets after the cancellation`]),
  );
  await person.ask("mutation ($id: ID!) { eraseUser(id: $id) { status } }", { id: person.sub });
  await status(admin, person, ["RUNNING", "DONE"], signal);
  // 403 if the URL has expired.
  await persist(() => put(late.request, late.upload.bytes), signal);
  await status(admin, person, ["DONE"], signal);
  return { id: person.sub, marker, problems };
}

/** The administrator of the pool creates the user. */
async function signUp(username: string, { ready, receivers, signal }: Leaving): Promise<Person> {
  const client = new CognitoIdentityProviderClient(administrator(ready));
  const password = `Aa1-${randomUUID()}`;
  const of = { UserPoolId: ready.userPoolId, Username: username };
  const email = `${username}@example.com`;
  const create = new AdminCreateUserCommand({
    ...of,
    UserAttributes: [{ Name: "email", Value: email }],
    MessageAction: "SUPPRESS",
  });
  await persist(() => client.send(create).catch(unlessThere), signal);
  const secret = new AdminSetUserPasswordCommand({ ...of, Password: password, Permanent: true });
  await persist(() => client.send(secret), signal);
  const { UserAttributes = [] } = await persist(() => client.send(new AdminGetUserCommand(of)), signal);
  client.destroy();
  const sub = UserAttributes.find(({ Name }) => Name === "sub")?.Value ?? "";
  const person = await personOf(
    { ...ready, users: [{ username, password, sub, groups: [] }] },
    username,
    signal,
  );
  const input = { name: username, email };
  await person
    .ask("mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }", { input })
    .catch(unlessRefusedAs("Conflict"));
  const { rotateWebhookSecret } = await person.ask<{ rotateWebhookSecret: { secret: string } }>(
    "mutation { rotateWebhookSecret { secret } }",
    {},
  );
  receivers.learn(sub, rotateWebhookSecret.secret);
  return person;
}

async function reserve(
  person: Person,
  marker: string,
  file: number,
  { draw, receivers }: Leaving,
): Promise<Reservation> {
  const drawn = draw(file);
  const bytes = Buffer.concat([drawn.bytes, Buffer.from(marker)]);
  const { createAsset } = await person.ask<{ createAsset: { asset: { id: string }; upload: Presigned } }>(
    `mutation ($input: CreateAssetInput!) { createAsset(input: $input) {
      asset { id } upload { url method headers { name value } } } }`,
    {
      input: {
        ...{ contentType: drawn.contentType, contentLength: bytes.length, filename: `${marker}-${file}` },
        ...{ clientToken: `${marker}-${file}`, callbackUrl: receivers.steadyUrl },
      },
    },
  );
  const { asset, upload: request } = createAsset;
  return { id: asset.id, request, upload: { ...drawn, bytes } };
}

function stored(status: number): void {
  if (status !== 200 && status !== 412) {
    throw new Error(`The upload answered ${status}`);
  }
}

/** Waits until so many assets are received. Returns how many there are. */
async function received(person: Person, count: number, signal: AbortSignal): Promise<number> {
  for (;;) {
    const { listAssets } = await person.ask<{ listAssets: { items: unknown[] } }>(
      "{ listAssets(state: RECEIVED, limit: 100) { items { id } } }",
      {},
    );
    if (listAssets.items.length >= count) {
      return listAssets.items.length;
    }
    await pause(1000, undefined, { signal });
  }
}

/** Nothing is served in the grace period. */
async function refused(person: Person): Promise<string[]> {
  const queries = ["{ me { id } }", "{ listAssets { items { id } } }", "{ listLabels { items { name } } }"];
  const answers = await Promise.all(
    queries.map((query) =>
      person.ask(query, {}).then(
        () => `${query} was answered in the grace period`,
        (error: unknown) =>
          isRefusal(error) && error.errorType === "AccountErased" ? undefined : `${query}: ${String(error)}`,
      ),
    ),
  );
  return answers.filter((answer) => answer !== undefined);
}

async function status(
  admin: Person,
  { sub }: Person,
  wanted: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const { getErasure } = await admin.ask<{ getErasure: { status: string } | null }>(
      "query ($id: ID!) { getErasure(userId: $id) { status } }",
      { id: sub },
    );
    if (wanted.includes(getErasure?.status ?? "")) {
      return;
    }
    await pause(1000, undefined, { signal });
  }
}

function unlessThere(error: unknown): void {
  if (!(error instanceof UsernameExistsException)) {
    throw error;
  }
}

const unlessRefusedAs =
  (errorType: string) =>
  (error: unknown): void => {
    if (!isRefusal(error) || error.errorType !== errorType) {
      throw error;
    }
  };

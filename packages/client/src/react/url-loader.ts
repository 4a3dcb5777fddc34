import { ask, DarkroomError, type Endpoint } from "../api.ts";

interface Wanted {
  readonly id: string;
  readonly ownerId: string;
  /** The field with its arguments. */
  readonly field: string;
}

interface Waiting extends Wanted {
  readonly resolve: (url: string | null) => void;
  readonly reject: (error: unknown) => void;
}

/** URLs of one request: a document has at most so many fields. */
const maxAtOnce = 25;

/** Milliseconds in which components ask together. */
const collecting = 10;

/** Reads the URLs that many components ask for with few requests. */
export class UrlLoader {
  private readonly endpoint: Endpoint;
  private waiting: Waiting[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(endpoint: Endpoint) {
    this.endpoint = endpoint;
  }

  load(wanted: Wanted): Promise<string | null> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ ...wanted, resolve, reject });
      this.timer ??= setTimeout(() => this.flush(), collecting);
    });
  }

  private flush(): void {
    this.timer = undefined;
    for (; this.waiting.length > 0;) {
      void this.read(this.waiting.splice(0, maxAtOnce));
    }
  }

  private async read(batch: readonly Waiting[]): Promise<void> {
    const fields = batch.map(
      ({ field }, index) => `a${index}: getAsset(id: $i${index}, ownerId: $o${index}) { url: ${field} }`,
    );
    const declared = batch.map((_, index) => `$i${index}: ID!, $o${index}: ID`).join(", ");
    const variables = Object.fromEntries(
      batch.flatMap(({ id, ownerId }, index) => [
        [`i${index}`, id],
        [`o${index}`, ownerId],
      ]),
    );
    let answer: Answer;
    try {
      answer = await ask(this.endpoint, `query urls(${declared}) { ${fields.join(" ")} }`, variables);
    } catch (error) {
      // One asset that is gone does not concern the others.
      const data = error instanceof DarkroomError ? error.data : undefined;
      if (!data) {
        batch.forEach(({ reject }) => reject(error));
        return;
      }
      answer = data as Answer;
    }
    batch.forEach(({ resolve }, index) => resolve(answer[`a${index}`]?.url ?? null));
  }
}

type Answer = Readonly<Record<string, { readonly url: string | null } | null>>;

import { type AssetEvent, DarkroomError, type Endpoint, listAssetEvents } from "darkroom-client";

const pageSize = 50;

/** The events before a number, newest first. */
export async function readBefore(
  endpoint: Endpoint,
  before: number,
  signal: AbortSignal,
): Promise<AssetEvent[]> {
  const after = Math.max(0, before - 1 - pageSize);
  const limit = before - 1 - after;
  return limit > 0 ? (await read(endpoint, after, limit, signal)).reverse() : [];
}

/** Old events are no longer in the log. */
async function read(
  endpoint: Endpoint,
  after: number,
  limit: number,
  signal: AbortSignal,
): Promise<AssetEvent[]> {
  try {
    return [...(await listAssetEvents(endpoint, { after, limit }, { signal })).items];
  } catch (error) {
    const first =
      error instanceof DarkroomError && error.errorType === "EventsExpired" ? firstSeq(error) : undefined;
    if (first === undefined) {
      throw error;
    }
    const left = after + limit - (first - 1);
    return left > 0
      ? [...(await listAssetEvents(endpoint, { after: first - 1, limit: left }, { signal })).items]
      : [];
  }
}

const firstSeq = ({ info }: DarkroomError): number | undefined =>
  (info as { firstSeq?: number } | null)?.firstSeq;

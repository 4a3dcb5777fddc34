import { randomBytes } from "node:crypto";
import type { Asset } from "../../domain/asset.ts";

/** A row as createAsset writes it, with changes. */
export const anAsset = (changes: Partial<Asset> = {}): Asset => ({
  ownerId: "alice-sub",
  id: "01JD3Z6V5K8Q2M7N4P9R0S1T2W",
  contentType: "image/jpeg",
  contentLength: 1000,
  state: "CREATED",
  labelStatus: "NONE",
  createdAt: "2026-01-01T00:00:00.000Z",
  updatedAt: "2026-01-01T00:00:00.000Z",
  version: 1,
  uploadExpiresAt: "2026-01-01T00:05:00.000Z",
  liveId: "01JD3Z6V5K8Q2M7N4P9R0S1T2W",
  stateId: "CREATED#01JD3Z6V5K8Q2M7N4P9R0S1T2W",
  labelRun: 1,
  dueShard: "4",
  dueAt: 1_767_226_200_000,
  ...changes,
});

/** The id of an asset that does not exist. */
export const otherId = (id: string): string => `${id.slice(0, -1)}${id.endsWith("0") ? "1" : "0"}`;

/** An id that no other asset has. */
export const newId = (): string =>
  `01JD3Z${[...randomBytes(20)].map((byte) => "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[byte % 32]).join("")}`;

import type { Corrections } from "../../domain/asset.ts";
import { maxCorrections } from "../../domain/labels.ts";

/** Corrections that an asset may have before it is given these, so that it never keeps more than the limit. */
export const roomOf = (given: Corrections): number => maxCorrections - Object.keys(given).length;

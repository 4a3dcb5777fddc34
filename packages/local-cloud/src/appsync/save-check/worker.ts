import { parentPort } from "node:worker_threads";

import { type NamedCode, TypeCheck } from "./types.ts";

const check = new TypeCheck();

parentPort?.on("message", (pieces: readonly NamedCode[]) => parentPort?.postMessage(check.check(pieces)));

import { parentPort } from "node:worker_threads";

import { TypeCheck } from "./types.ts";
import type { NamedCode } from "./types.ts";

const check = new TypeCheck();

parentPort?.on("message", (pieces: readonly NamedCode[]) => parentPort?.postMessage(check.check(pieces)));

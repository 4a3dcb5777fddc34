import { mkdtempSync, rmSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Sha256 } from "@aws-crypto/sha256-js";
import { createAppSync } from "../../local/appsync/index.ts";

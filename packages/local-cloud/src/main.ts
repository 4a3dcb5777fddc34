#!/usr/bin/env -S node --disable-warning=ExperimentalWarning
import { enableCompileCache } from "node:module";

// A sixth of a start is reading TypeScript that has not changed since the last one.
// What is imported statically is compiled before this line, and is not kept.
enableCompileCache();
await import("./start.ts");

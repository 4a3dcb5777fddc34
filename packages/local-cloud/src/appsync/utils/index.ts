import { dynamodb } from "./dynamodb-values.ts";
import { errors } from "./errors.ts";
import { http } from "./http.ts";
import { ids } from "./ids.ts";
import { math } from "./math.ts";
import { str, text } from "./text.ts";
import { time } from "./time.ts";
import { transform } from "./transform.ts";
import { xml } from "./xml.ts";

/** `@aws-appsync/utils`: the module that resolver code imports, in the sandbox and in unit tests. */
export const util = { ...text, ...ids, ...errors, time, dynamodb, http, xml, transform, math, str };

export { extensions, runtime } from "./extensions.ts";

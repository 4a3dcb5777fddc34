import { Api } from "./infra/api.ts";
import { Callbacks } from "./infra/callbacks.ts";
import { Erasure } from "./infra/erasure.ts";
import { Firewall } from "./infra/firewall.ts";
import { ServiceFunction } from "./infra/function.ts";
import { Identity } from "./infra/identity.ts";
import { here } from "./infra/naming.ts";
import { Operations } from "./infra/operations.ts";
import { Pipeline, timeouts } from "./infra/pipeline.ts";
import { Repair } from "./infra/repair.ts";
import { Search } from "./infra/search.ts";
import { readSettings } from "./infra/settings.ts";
import { Tables } from "./infra/tables.ts";
import { Thumbnails } from "./infra/thumbnails.ts";
import { buildSite } from "./infra/site.ts";
import { Uploads } from "./infra/uploads.ts";
import { Web } from "./infra/web.ts";

const settings = readSettings();
const site = buildSite();

const identity = new Identity("identity", settings);
const tables = new Tables("tables", settings);
const uploads = new Uploads("uploads", { settings, functionTimeout: timeouts.ingest });

const presign = new ServiceFunction("presign", {
  settings,
  timeout: 10,
  environment: { BUCKET: uploads.bucket, ASSETS_TABLE: tables.assets.name },
  statements: [
    { Sid: "SignFor", Action: ["s3:PutObject", "s3:GetObject"], Resource: uploads.objects },
    { Sid: "SignForRenditions", Action: ["s3:GetObject"], Resource: uploads.renditions },
    { Sid: "SeeWhatIsHidden", Action: ["dynamodb:BatchGetItem"], Resource: tables.assets.arn },
  ],
});

const callbacks = new Callbacks("callbacks", { settings, tables });
const api = new Api("api", {
  settings,
  identity,
  tables,
  presign: presign.arn,
  webhooks: callbacks.webhooks,
});
if (settings.firewall) {
  new Firewall("firewall", { limits: settings.firewall, apiArn: api.arn, userPoolArn: identity.userPoolArn });
}
const erasure = new Erasure("erasure", { settings, identity, tables, uploads });
const search = new Search("search", { settings, tables });
const thumbnails = new Thumbnails("thumbnails", { settings, tables, uploads });
const pipeline = new Pipeline("pipeline", {
  settings,
  tables,
  uploads,
  api,
  callbacks,
  search,
  thumbnails,
});
new Repair("repair", {
  settings,
  tables,
  labels: pipeline.labelJobs,
  objects: uploads.events,
  deliveries: callbacks.queue,
  erasures: erasure.jobs,
  index: search.jobs,
  thumbnails: thumbnails.jobs,
});
const web = new Web("web", { settings, identity, api, uploads, site: await site });
uploads.allowPages(settings.allowedOrigins.includes("*") ? ["*"] : [...settings.allowedOrigins, web.origin]);
const operations = new Operations("operations", { settings, api });

export const region = here.region;
export const graphqlUrl = api.graphqlUrl;
export const realtimeUrl = api.realtimeUrl;
export const userPoolId = identity.userPoolId;
export const userPoolClientId = identity.userPoolClientId;
export const bucket = uploads.bucket;
export const galleryUrl = web.origin;
export const tableNames = tables.names;
export const restoreRole = uploads.restoreRole;
export const operatorRole = api.operatorRole;
export const queues = operations.queues;

import { Deployers } from "./deployers.ts";
import { readSettings } from "./settings.ts";
import { State } from "./state.ts";

const settings = readSettings();
const state = new State("darkroom-state");
const deployers = new Deployers("deployers", { settings, state });

export const backendUrl = state.url;
export const secretsProvider = state.secretsProvider;
export const previewRole = deployers.previewRole;
export const deployRoles = deployers.deployRoles;

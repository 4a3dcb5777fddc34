import type { Settings, User } from "../settings.ts";
import { document, GraphiQL, location, React, ReactDOM } from "./browser.ts";
import { createFetcher } from "./fetcher.ts";
import { createSignIn } from "./sign-in.ts";

const { createElement, useState } = React;
const settings = JSON.parse(document.getElementById("settings").textContent) as Settings & { nonce: string };
const tokenOf = createSignIn({
  endpoint: `${location.origin}${settings.endpointPath}`,
  userPoolClientId: settings.userPoolClientId,
  clock: Date.now,
});
const people = settings.users.map((user) => ({ user, ...createFetcher(settings, user, tokenOf) }));
type Person = (typeof people)[number];

const tabs = settings.examples.map((query) => ({ query }));

/** Kept for each tab, so that two tabs can have two users. */
const remembered = "local-cloud:user";

function Page(): unknown {
  const [person, setPerson] = useState(find(sessionStorage.getItem(remembered)));
  const become = (username: string) => {
    person?.leave();
    sessionStorage.setItem(remembered, username);
    setPerson(find(username));
  };
  if (!person) {
    return "The API has no key, and the program no user pool: ask with a signed request.";
  }
  return createElement(
    GraphiQL,
    { fetcher: person.fetch, ...(tabs.length > 0 && { defaultTabs: tabs }), defaultQuery: "\n" },
    createElement(GraphiQL.Logo, null, createElement(Picker, { person, become })),
    createElement(GraphiQL.Footer, null, createElement(Identity, person.user)),
  );
}

function Picker({ person, become }: { person: Person; become: (username: string) => void }): unknown {
  const options = people.map(({ user }) => createElement("option", { key: user.username }, user.username));
  const props = {
    value: person.user.username,
    onChange: ({ target }: { target: { value: string } }) => become(target.value),
  };
  return createElement(
    "div",
    { className: "local-cloud" },
    createElement("label", null, "Signed in as", createElement("select", props, options)),
    createElement("b", null, settings.title),
  );
}

/** The sub is the value of ownerId of assets and of id of users. */
function Identity({ username, sub, groups, apiKey }: User): unknown {
  if (apiKey !== undefined) {
    return createElement("div", { className: "local-cloud-user" }, "by API key");
  }
  const member = groups.length > 0 ? ` (${groups.join(", ")})` : "";
  return createElement(
    "div",
    { className: "local-cloud-user" },
    `${username}${member}: ownerId `,
    createElement("code", null, sub),
  );
}

const find = (username: string | null): Person | undefined =>
  people.find(({ user }) => user.username === username) ?? people[0];

document.title = `${settings.title} · GraphiQL`;
// GraphiQL's dialogs write styles: the policy lets through those that carry the nonce.
Object.assign(globalThis, { __webpack_nonce__: settings.nonce });
ReactDOM.createRoot(document.getElementById("page")).render(createElement(Page, null));

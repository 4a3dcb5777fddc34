import { type ReactElement, type SubmitEvent, useState } from "react";
import { useMutation } from "@tanstack/react-query";
import { updateUser, type User } from "darkroom-client";
import { useDarkroom } from "darkroom-client/react";
import { useProfile, useProfileRefresh } from "../shell/profile.ts";
import { useSession } from "../session.tsx";
import { texts } from "../texts.ts";
import { currentTheme, setTheme, themes } from "../theme.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { valuesOf } from "../ui/form.ts";
import { notify, notifyError } from "../ui/notices.tsx";
import { PageHead } from "../ui/page-head.tsx";
import { Failed, Loading } from "../ui/states.tsx";
import { Callbacks } from "./callbacks.tsx";
import { EraseAccount } from "./erase-account.tsx";
import { SecondFactor } from "./second-factor.tsx";
import { UsageBars } from "./usage.tsx";

const t = texts.account;

/** The user's profile, usage, callbacks and settings. */
export default function Account(): ReactElement {
  const { profile, error } = useProfile();
  const refresh = useProfileRefresh();
  const { signOut, mfa } = useSession();
  return (
    <div className="page">
      <PageHead title={t.title}>
        <Button onClick={() => void signOut()}>{texts.nav.signOut}</Button>
      </PageHead>
      {!profile && error !== null && <Failed error={error} retry={() => void refresh()} />}
      {!profile && error === null && <Loading />}
      {profile && (
        <div className="cards">
          <section className="card">
            <h2>{t.usage}</h2>
            {profile.usage && <UsageBars usage={profile.usage} />}
            <p className="hint">{t.usageText}</p>
          </section>
          <Profile key={profile.version} profile={profile} />
          {mfa !== "off" && <SecondFactor />}
          <Callbacks failing={profile.failingCallbacks ?? []} />
          <Appearance />
        </div>
      )}
      <EraseAccount />
    </div>
  );
}

function Profile({ profile }: { readonly profile: User }): ReactElement {
  const { endpoint } = useDarkroom();
  const refresh = useProfileRefresh();
  const { id, name, email, version } = profile;
  const { mutate: save, isPending } = useMutation({
    mutationFn: (given: Readonly<Record<string, string>>) =>
      updateUser(endpoint, {
        input: {
          ...{ id, expectedVersion: version, name: given["name"] ?? name },
          ...(given["email"] ? { email: given["email"] } : { removeEmail: true }),
        },
      }),
    onSuccess: () => {
      notify({ text: t.saved });
      void refresh();
    },
    onError: notifyError,
  });
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    save(valuesOf(event.currentTarget));
  };
  return (
    <form className="card" onSubmit={submit}>
      <h2>{t.profile}</h2>
      <Field label={t.name} name="name" defaultValue={name} maxLength={255} required />
      <Field label={t.email} name="email" type="email" defaultValue={email ?? ""} />
      <p className="hint">
        {t.id}: <span className="mono">{id}</span>
      </p>
      <div>
        <Button type="submit" busy={isPending}>
          {texts.save}
        </Button>
      </div>
    </form>
  );
}

function Appearance(): ReactElement {
  const [theme, set] = useState(currentTheme);
  return (
    <fieldset className="card">
      <legend>{texts.theme.label}</legend>
      <div className="choices">
        {themes.map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="theme"
              checked={theme === one}
              onChange={() => {
                setTheme(one);
                set(one);
              }}
            />
            {texts.theme[one]}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

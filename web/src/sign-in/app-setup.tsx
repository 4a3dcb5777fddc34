import { lazy, type ReactElement, Suspense } from "react";
import type { TotpSetup } from "darkroom-client/sign-in";
import { part } from "../stale.ts";
import { texts } from "../texts.ts";
import { Button } from "../ui/button.tsx";

const t = texts.signIn;

/** Apart, since only users with a second factor need it. */
const QrCode = lazy(() => part(() => import("./qr-code.tsx")));

interface AppSetupProps extends TotpSetup {
  readonly say: (text: string) => void;
}

/** What an authenticator app needs, in three ways: for its camera, on this device, and to type. */
export function AppSetup({ secret, uri, say }: AppSetupProps): ReactElement {
  const copy = async () => {
    await navigator.clipboard.writeText(secret);
    say(t.copied);
  };
  return (
    <>
      <Suspense fallback={<div className="qr-code" />}>
        <QrCode text={uri} label={t.setUpPicture} />
      </Suspense>
      <a href={uri}>{t.setUpOpen}</a>
      <div className="totp">
        <p className="hint">{t.setUpSecret}</p>
        <code>{secret.replace(/.{4}(?=.)/g, "$& ")}</code>
        <Button onClick={() => void copy()}>{t.copy}</Button>
      </div>
    </>
  );
}

import { type ReactElement, useState } from "react";
import { useMutation } from "@tanstack/react-query";
import { type FailingCallback, rotateWebhookSecret } from "darkroom-client";
import { useDarkroom } from "darkroom-client/react";
import { formatAgo } from "../format.ts";
import { useProfileRefresh } from "../shell/profile.ts";
import { texts } from "../texts.ts";
import { Button } from "../ui/button.tsx";
import { Confirm, Dialog } from "../ui/dialog.tsx";
import { notifyError } from "../ui/notices.tsx";
import { useReplay } from "../viewer/deliveries.tsx";

const t = texts.account;

/** The receivers that fail, and the secret that signs callbacks. */
export function Callbacks({ failing }: { readonly failing: readonly FailingCallback[] }): ReactElement {
  const refresh = useProfileRefresh();
  const { replay, isPending } = useReplay(() => void refresh());
  return (
    <section className="card">
      <h2>{t.callbacks}</h2>
      <p className="muted">{failing.length === 0 ? t.callbacksOk : t.failing}</p>
      <ul className="deliveries">
        {failing.map(({ url, gone, at, deliveryId }) => (
          <li key={url}>
            <div>
              <span className="mono">{url}</span>
              <small className="bad">
                {gone ? t.gone : texts.delivery.FAILED} · {formatAgo(at)}
              </small>
            </div>
            <Button busy={isPending} onClick={() => replay(deliveryId)}>
              {texts.delivery.replay}
            </Button>
          </li>
        ))}
      </ul>
      <Secret />
    </section>
  );
}

function Secret(): ReactElement {
  const { endpoint } = useDarkroom();
  const [asking, setAsking] = useState(false);
  const [secret, setSecret] = useState<string>();
  const { mutate: rotate, isPending } = useMutation({
    mutationFn: () => rotateWebhookSecret(endpoint),
    onSuccess: (made) => setSecret(made.secret),
    onError: notifyError,
  });
  // Notices are behind the dialog, and screen readers do not read them there.
  const [said, say] = useState("");
  const copy = () => void navigator.clipboard.writeText(secret ?? "").then(() => say(t.copied));
  const close = () => {
    setSecret(undefined);
    say("");
  };
  return (
    <>
      <h3>{t.secret}</h3>
      <p className="hint">{t.secretText}</p>
      <div>
        <Button busy={isPending} onClick={() => setAsking(true)}>
          {t.rotate}
        </Button>
      </div>
      {asking && (
        <Confirm
          title={t.rotateTitle}
          text={t.rotateText}
          action={t.rotate}
          onClose={() => setAsking(false)}
          onConfirm={() => rotate()}
        />
      )}
      {secret !== undefined && (
        <Dialog title={t.secret} onClose={close}>
          <p className="muted">{t.secretOnce}</p>
          <p className="mono secret">{secret}</p>
          <p className="hint" role="status">
            {said}
          </p>
          <div className="dialog-actions">
            <Button onClick={copy}>{t.copy}</Button>
            <Button kind="primary" onClick={close}>
              {texts.close}
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}

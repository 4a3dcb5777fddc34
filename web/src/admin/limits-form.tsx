import type { ReactElement, SubmitEvent } from "react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { limits as readLimits, type Limits, setLimits } from "darkroom-client";
import { useDarkroom, useOperation } from "darkroom-client/react";
import { formatTime } from "../format.ts";
import { texts } from "../texts.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { valuesOf } from "../ui/form.ts";
import { notify, notifyError } from "../ui/notices.tsx";
import { Failed, Loading } from "../ui/states.tsx";

const t = texts.admin;

/** The texts name each limit, in the order of the form. */
const numbers = (Object.keys(t.fields) as (keyof typeof t.fields)[]).filter(
  (name) => name !== "labellingPaused",
);

/** The limits of all users, and the switch that pauses labelling. */
export function LimitsForm(): ReactElement {
  const { data, error, refetch } = useOperation(readLimits, {});
  return (
    <section className="card">
      <h2>{t.limits}</h2>
      <p className="muted">{t.limitsText}</p>
      {error && !data && <Failed error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data && <Form key={data.updatedAt} limits={data} />}
    </section>
  );
}

function Form({ limits }: { readonly limits: Limits }): ReactElement {
  const { endpoint } = useDarkroom();
  const queryClient = useQueryClient();
  const { mutate: save, isPending } = useMutation({
    mutationFn: (given: Readonly<Record<string, string>>) =>
      setLimits(endpoint, {
        input: {
          ...Object.fromEntries(numbers.map((name) => [name, Number(given[name])])),
          labellingPaused: given["labellingPaused"] === "on",
        },
      }),
    onSuccess: () => {
      notify({ text: t.saved });
      void queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[2] === "limits" });
    },
    onError: notifyError,
  });
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    save(valuesOf(event.currentTarget));
  };
  return (
    <form className="limits" onSubmit={submit}>
      {numbers.map((name) => (
        <Field
          key={name}
          label={t.fields[name]}
          name={name}
          type="number"
          min={0}
          step={1}
          defaultValue={limits[name]}
          required
        />
      ))}
      <label className="check">
        <input type="checkbox" name="labellingPaused" defaultChecked={limits.labellingPaused} />
        {t.fields.labellingPaused}
      </label>
      <div className="limits-end">
        <Button kind="primary" type="submit" busy={isPending}>
          {texts.save}
        </Button>
        <span className="hint">
          {limits.updatedAt === null ? t.deployment : t.changed(formatTime(limits.updatedAt))}
        </span>
      </div>
    </form>
  );
}

import type { ReactElement } from "react";
import type { Usage } from "darkroom-client";
import { formatBytes, formatNumber } from "../format.ts";
import { texts } from "../texts.ts";

const t = texts.account;

/** What is used of each limit. */
export function UsageBars({ usage }: { readonly usage: Usage }): ReactElement {
  const rows = [
    [t.assets, usage.assets, usage.maxAssets, formatNumber],
    [t.bytes, usage.bytes, usage.maxBytes, formatBytes],
    [t.changesToday, usage.changesToday, usage.maxChangesADay, formatNumber],
    [t.labelledToday, usage.labelledToday, usage.maxLabelledADay, formatNumber],
    [t.callbacksToday, usage.callbacksToday, usage.maxCallbacksADay, formatNumber],
  ] as const;
  return (
    <ul className="usage">
      {rows.map(([text, used, most, format]) => (
        <li key={text} className={used >= most ? "full" : ""}>
          <span>{text}</span>
          <span className="muted">{t.of(format(used), format(most))}</span>
          <meter
            className="bar"
            min={0}
            max={Math.max(1, most)}
            value={Math.min(used, most)}
            aria-label={text}
          />
        </li>
      ))}
    </ul>
  );
}

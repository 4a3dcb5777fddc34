import { type ReactElement, useState } from "react";
import { texts } from "../texts.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { Confirm } from "../ui/dialog.tsx";
import { useTrashing } from "./use-trashing.ts";
import type { SelectionState } from "./use-selection.ts";

const t = texts.library;

/** More than this many are asked about. */
const maxWithoutAsking = 20;

/** What can be done with the selected pictures. */
export function Selection({ selection }: { readonly selection: SelectionState }): ReactElement | null {
  const [asking, setAsking] = useState(false);
  const trash = useTrashing();
  const { ids, clear } = selection;
  const count = ids.size;
  const run = () => {
    trash([...ids]);
    clear();
  };
  if (count === 0) {
    return null;
  }
  return (
    <div className="selection" role="toolbar" aria-label={t.selected(count)}>
      <IconButton icon="close" label={t.clearSelection} onClick={clear} />
      <span role="status">{t.selected(count)}</span>
      <Button icon="trash" onClick={() => (count > maxWithoutAsking ? setAsking(true) : run())}>
        {t.deleteSelected}
      </Button>
      {asking && (
        <Confirm
          title={t.confirmMany(count)}
          action={t.deleteSelected}
          onConfirm={run}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  );
}

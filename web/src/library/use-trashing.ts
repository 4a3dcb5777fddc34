import { useCallback } from "react";
import { useDeleteAsset, useRestoreAsset } from "darkroom-client/react";
import { texts } from "../texts.ts";
import { notify, notifyError } from "../ui/notices.tsx";

/** Moves pictures to the trash, and offers to undo it. */
export function useTrashing(): (ids: readonly string[]) => void {
  const { mutateAsync: hide } = useDeleteAsset();
  const { mutateAsync: restore } = useRestoreAsset();
  return useCallback(
    (ids) => {
      const deleted = each(ids, (id) => hide({ id }));
      const undo = () => void deleted.then((done) => each(done, (id) => restore({ id })));
      notify({
        text: texts.library.deletedMany(ids.length),
        action: { label: texts.viewer.undo, run: undo },
      });
    },
    [hide, restore],
  );
}

/** A few at a time. Resolves to the ids for which it succeeded. */
async function each(ids: readonly string[], run: (id: string) => Promise<unknown>): Promise<string[]> {
  const waiting = ids.values();
  const done: string[] = [];
  const lane = async () => {
    for (const id of waiting) {
      await run(id).then(() => done.push(id), notifyError);
    }
  };
  await Promise.all([lane(), lane(), lane(), lane()]);
  return done;
}

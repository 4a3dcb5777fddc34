import { type ReactElement, useEffect, useState } from "react";
import { fromEvent } from "file-selector";
import { useUpload } from "darkroom-client/react";
import { texts } from "../texts.ts";
import { Icon } from "../ui/icon.tsx";
import { isVisible } from "./upload-button.tsx";

/** Takes files and folders that are dropped or pasted anywhere. */
export function DropTarget(): ReactElement | null {
  const { add } = useUpload();
  const [depth, setDepth] = useState(0);
  useEffect(() => {
    const take = async (event: Event) => {
      const found = await fromEvent(event);
      add(found.filter((one): one is File & typeof one => one instanceof File && isVisible(one)));
    };
    const listeners = {
      dragenter: (event: DragEvent) => hasFiles(event) && setDepth((before) => before + 1),
      dragleave: (event: DragEvent) => hasFiles(event) && setDepth((before) => Math.max(0, before - 1)),
      dragover: (event: DragEvent) => hasFiles(event) && event.preventDefault(),
      drop: (event: DragEvent) => {
        if (hasFiles(event)) {
          event.preventDefault();
          setDepth(0);
          void take(event);
        }
      },
      paste: (event: ClipboardEvent) => {
        const files = Array.from(event.clipboardData?.files ?? []);
        if (files.length > 0) {
          add(files);
        }
      },
    };
    for (const [name, listener] of Object.entries(listeners)) {
      addEventListener(name, listener as EventListener);
    }
    return () => {
      for (const [name, listener] of Object.entries(listeners)) {
        removeEventListener(name, listener as EventListener);
      }
    };
  }, [add]);
  if (depth === 0) {
    return null;
  }
  return (
    <div className="drop-target">
      <div>
        <Icon name="upload" size={40} />
        <strong>{texts.upload.drop}</strong>
        <span>{texts.upload.dropHint}</span>
      </div>
    </div>
  );
}

const hasFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes("Files") ?? false;

import { type ChangeEvent, type ReactElement, useRef } from "react";
import { useUpload } from "darkroom-client/react";
import { texts } from "../texts.ts";
import { Button } from "../ui/button.tsx";
import { Menu } from "../ui/menu.tsx";

/** The inputs stay in the page: Safari may forget the first choice of one that does not. */
export function UploadButton(): ReactElement {
  const { add } = useUpload();
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const choose = ({ target }: ChangeEvent<HTMLInputElement>) => {
    add(Array.from(target.files ?? []).filter(isVisible));
    target.value = "";
  };
  const common = { type: "file", multiple: true, hidden: true, onChange: choose } as const;
  return (
    <>
      <input ref={files} {...common} aria-label={texts.upload.files} data-testid="files" />
      <input ref={folder} {...common} aria-label={texts.upload.folder} {...{ webkitdirectory: "" }} />
      <Menu
        button={(props) => (
          <Button kind="primary" icon="upload" className="upload-button" {...props}>
            <span>{texts.upload.button}</span>
          </Button>
        )}
        items={[
          { text: texts.upload.files, icon: "images", run: () => files.current?.click() },
          { text: texts.upload.folder, icon: "folder", run: () => folder.current?.click() },
        ]}
      />
    </>
  );
}

/** Hidden files in folders, such as `.DS_Store`. */
export const isVisible = ({ name }: File): boolean => !name.startsWith(".") && name !== "Thumbs.db";

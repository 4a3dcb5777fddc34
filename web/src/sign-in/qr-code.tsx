import type { ReactElement } from "react";
import encodeQR from "qr";

interface QrCodeProps {
  /** What a camera reads. */
  readonly text: string;
  readonly label: string;
}

/** A QR code as one path: black on white in each colour scheme, because cameras need the contrast. */
export default function QrCode({ text, label }: QrCodeProps): ReactElement {
  const rows = encodeQR(text, "raw");
  const modules = rows.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return (
    <svg className="qr-code" role="img" aria-label={label} viewBox={`0 0 ${rows.length} ${rows.length}`}>
      <rect width="100%" height="100%" fill="#fff" />
      <path d={modules.join("")} fill="#000" shapeRendering="crispEdges" />
    </svg>
  );
}

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { loadConfig } from "./config.ts";
import { applyTheme } from "./theme.ts";
import "./styles/index.css";

applyTheme();
const root = document.getElementById("root");
if (root) {
  const config = await loadConfig();
  createRoot(root).render(
    <StrictMode>
      <App config={config} />
    </StrictMode>,
  );
}

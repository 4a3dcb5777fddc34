// Runs in the network namespace of the engine. Opens connections to it, and passes them to the process outside.
import net from "node:net";

const port = Number(process.argv[2]);

process.on("message", () => {
  const socket = net.connect(port, "127.0.0.1");
  socket.once("connect", () => {
    socket.removeAllListeners("error");
    socket.setNoDelay();
    process.send?.("connected", socket);
  });
  socket.once("error", (error) => process.send?.({ error: error.message }));
});
process.on("disconnect", () => process.exit());
process.send?.("ready");

/**
 * `npm start`: builds what changed, migrates the local D1 and serves the production build on workerd,
 * in the foreground, until SIGINT or SIGTERM.
 * @module
 */
import { createServer } from "node:net";
import { buildIfChanged } from "./build.ts";
import { ExpectedError } from "./expected-error.ts";
import { reportAndExit } from "./report-and-exit.ts";
import { localSecrets, newSetupToken, setupUrl } from "./secrets.ts";
import { startServer } from "./serve.ts";
import { readSettings } from "./settings.ts";

const stopping = new AbortController();
const stopped = new Promise<void>((resolve) => {
  stopping.signal.addEventListener("abort", () => resolve());
});
// Ctrl-C reaches every process of the terminal and is forwarded by npm too: more than one is normal.
const stop = () => stopping.abort();

try {
  listenForStop();
  const { port, dataDir, vars } = await readSettings();
  const secrets = await localSecrets(dataDir);
  await checkPortIsFree(port);
  await buildIfChanged(stopping.signal);
  const setupToken = newSetupToken();
  const server = await startServer({
    port,
    dataDir,
    vars: { ...secrets, ...vars, SETUP_TOKEN: setupToken },
  });
  // Miniflare ends the process at once on a signal; stopping in order is our part.
  listenForStop();
  if (!stopping.signal.aborted) {
    const madeToken = vars.AUTH_KEY === undefined ? secrets.AUTH_KEY : null;
    printWelcome(server.url, madeToken, (await server.hasAdmin()) ? null : setupToken);
  }
  await stopped;
  await server.dispose();
  process.exit(0);
} catch (error) {
  if (stopping.signal.aborted) process.exit(0);
  reportAndExit(error);
}

/** Makes `stop` the only listener for the signals. */
function listenForStop(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.removeAllListeners(signal);
    process.on(signal, stop);
  }
}

/**
 * @param madeToken the admin token made for this data folder; null where AUTH_KEY was given
 * @param setupToken opens the set-up page; null where there is an admin already
 */
function printWelcome(url: string, madeToken: string | null, setupToken: string | null): void {
  const token = madeToken ?? "$ACCESS_TOKEN";
  console.log(`
One Balance is serving at ${url}

${
  setupToken === null
    ? `  Portal: ${url}/`
    : `  Portal, for its first admin, once:
    ${setupUrl(url, setupToken)}`
}

${
  madeToken === null
    ? "  Access tokens: those of AUTH_KEY; one without limits is also the admin token."
    : `  Admin token, made for this data folder (set AUTH_KEY to use your own):
    ${madeToken}`
}

  Add a provider key:
    curl ${url}/api/admin/provider-keys -H "Authorization: Bearer ${token}" \\
      -H "Content-Type: application/json" -d '{"provider": "openai", "keys": ["<your key>"]}'

  Ask through the pool:
    curl ${url}/api/openai/chat/completions -H "Authorization: Bearer ${token}" \\
      -H "Content-Type: application/json" \\
      -d '{"model": "gpt-5-mini", "messages": [{"role": "user", "content": "Hello"}]}'

Ctrl-C stops it.`);
}

/** Asked before the build, so that a taken port is told at once and not after half a minute. */
async function checkPortIsFree(port: number): Promise<void> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once("error", (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === "EADDRINUSE" ? "is already in use" : `cannot be used: ${error.message}`;
      reject(new ExpectedError(`port ${port} ${reason}; set PORT to another`));
    });
    probe.listen(port, "127.0.0.1", resolve);
  });
  await new Promise((resolve) => probe.close(resolve));
}

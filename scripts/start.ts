/**
 * `npm start`: builds what changed, migrates the local D1 and serves the production build on workerd, in the
 * foreground, until SIGINT or SIGTERM.
 * @module
 */
import { buildIfChanged } from "./build.ts";
import { checkPortIsFree } from "./check-port.ts";
import { isLoopback, urlsForOthers } from "./listen-address.ts";
import { reportAndExit } from "./report-and-exit.ts";
import { localSecrets, newSetupToken, setupUrl } from "./secrets.ts";
import { type RunningServer, startServer } from "./serve.ts";
import { readSettings } from "./settings.ts";
import { listenForStop, stopped, stopSignal } from "./stop-signal.ts";

try {
  listenForStop();
  const { port, host, trust, dataDir, vars } = await readSettings();
  const secrets = await localSecrets(dataDir);
  await checkPortIsFree(port, host);
  await buildIfChanged(stopSignal);
  const setupToken = newSetupToken();
  const server = await startServer({
    port,
    host,
    trust,
    dataDir,
    vars: { ...secrets, ...vars, SETUP_TOKEN: setupToken },
  });
  listenForStop();
  if (!stopSignal.aborted) {
    const madeToken = vars.AUTH_KEY === undefined ? secrets.AUTH_KEY : null;
    printWelcome(server, madeToken, (await server.hasAdmin()) ? null : setupToken);
  }
  await stopped;
  await server.dispose();
  process.exit(0);
} catch (error) {
  if (stopSignal.aborted) process.exit(0);
  reportAndExit(error);
}

/**
 * @param madeToken the admin token created for this data folder; null if AUTH_KEY was given
 * @param setupToken opens the set-up page; null if there already is an admin
 */
function printWelcome(
  { url, listensOn }: RunningServer,
  madeToken: string | null,
  setupToken: string | null,
): void {
  const token = madeToken ?? "$ACCESS_TOKEN";
  console.log(`
One Balance is serving at ${url}

${
  setupToken === null
    ? `  Portal: ${url}/`
    : `  Create the first admin (the link works once):
    ${setupUrl(url, setupToken)}`
}

${
  madeToken === null
    ? "  Access tokens come from AUTH_KEY; a token without restrictions is an admin token."
    : `  Admin token, created for this data folder (set AUTH_KEY to use your own):
    ${madeToken}`
}

  Add a provider key:
    curl ${url}/api/admin/provider-keys -H "Authorization: Bearer ${token}" \\
      -H "Content-Type: application/json" -d '{"provider": "openai", "keys": ["<your key>"]}'

  Send a request:
    curl ${url}/api/openai/chat/completions -H "Authorization: Bearer ${token}" \\
      -H "Content-Type: application/json" \\
      -d '{"model": "gpt-5-mini", "messages": [{"role": "user", "content": "Hello"}]}'

${isLoopback(listensOn.address) ? "" : `${warningOfPlainHttp(listensOn)}\n\n`}Press Ctrl-C to stop.`);
}

function warningOfPlainHttp({ address, port }: RunningServer["listensOn"]): string {
  const urls = urlsForOthers(address, port);
  return `Warning: other machines reach it${urls.length === 0 ? "" : ` at ${urls.join(", ")}`}, and it speaks plain HTTP:
  anyone in between can read passwords, tokens and responses. Put a reverse proxy with TLS in front of it
  and leave HOST unset (docs/own-server.md).`;
}

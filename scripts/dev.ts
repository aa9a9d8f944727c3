/**
 * `npm run dev`: `next dev` with the settings, secrets and local D1 of `npm start`, migrated first. Arguments go to
 * `next dev`. Don't run it on the same data folder at the same time as `npm start`.
 * @module
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { getPlatformProxy } from "wrangler";
import { hasAdmin } from "./has-admin.ts";
import { applyMigrations } from "./migrate.ts";
import { keepPrivate } from "./private-folder.ts";
import { reportAndExit } from "./report-and-exit.ts";
import { localSecrets, newSetupToken, setupUrl } from "./secrets.ts";
import { readSettings } from "./settings.ts";

// Otherwise both processes would fetch a sample of `request.cf` from the web.
process.env.CLOUDFLARE_CF_FETCH_ENABLED = "false";
process.env.WRANGLER_SEND_METRICS = "false";
process.env.NEXT_TELEMETRY_DISABLED = "1";

try {
  const { port, dataDir, vars } = await readSettings();
  const secrets = await localSecrets(dataDir);
  await keepPrivate(dataDir);
  const platform = await getPlatformProxy<{ DB: Parameters<typeof applyMigrations>[0] }>({
    persist: { path: dataDir },
  });
  await applyMigrations(platform.env.DB);
  const isSetUp = await hasAdmin(platform.env.DB);
  await platform.dispose();
  const setupToken = newSetupToken();
  if (vars.AUTH_KEY === undefined) console.log(`Admin token: ${secrets.AUTH_KEY}`);
  if (!isSetUp) console.log(`First admin: ${setupUrl(`http://127.0.0.1:${port}`, setupToken)}`);
  const child = spawn(
    "next",
    ["dev", "--hostname", "127.0.0.1", "--port", String(port), ...process.argv.slice(2)],
    {
      stdio: "inherit",
      env: {
        ...process.env,
        ONE_BALANCE_DEV: JSON.stringify({
          d1Path: dataDir,
          vars: { ...secrets, ...vars, SETUP_TOKEN: setupToken },
        }),
      },
    },
  );
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => child.kill(signal));
  }
  const [exitCode] = await once(child, "exit");
  process.exit(exitCode ?? 0);
} catch (error) {
  reportAndExit(error);
}

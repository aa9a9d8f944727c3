/**
 * Tests whether a deployment works.
 * @module
 */
import { setTimeout as sleep } from "node:timers/promises";
import { ExpectedError } from "../expected-error.ts";
import type { Journal } from "./journal.ts";

/** A new address takes a while until all of Cloudflare knows it. */
const READY_WITHIN_MS = 120_000;
const ASK_EVERY_MS = 2_000;
const ANSWER_WITHIN_MS = 20_000;

/**
 * @param adminToken An admin token; null if none is known here, and then only its guard is tested.
 * @throws {ExpectedError}
 */
export async function smokeTest(
  journal: Journal,
  url: string,
  adminToken: string | null,
): Promise<void> {
  const adminUrl = `${url}/api/admin/provider-keys?limit=1`;
  if (!journal.change(`GET ${url}/api/health`)) {
    journal.change(`GET ${adminUrl}`);
    return;
  }
  await untilHealthy(url);
  journal.note("health: ok");
  journal.call(`GET ${adminUrl}`);
  const answer = await ask(adminUrl, adminToken);
  const expected = adminToken === null ? 401 : 200;
  if (answer.status !== expected) {
    throw new ExpectedError(
      answer.status === 401
        ? "the deployment does not know the admin token that is set here. Was AUTH_KEY changed elsewhere? Set AUTH_KEY to have it replaced."
        : `the admin API answered ${answer.status}: ${answer.text.slice(0, 300)}`,
    );
  }
  journal.note(
    adminToken === null
      ? "admin API: guarded (no admin token is known here to go on)"
      : "admin API: ok, the database answers",
  );
}

async function untilHealthy(url: string): Promise<void> {
  const untilMs = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const answer = await ask(`${url}/api/health`, null).catch((error: unknown) => ({
      status: 0,
      text: error instanceof Error ? String(error.cause ?? error) : String(error),
    }));
    if (answer.status === 200 && answer.text === '{"status":"ok"}') return;
    if (Date.now() > untilMs) {
      throw new ExpectedError(
        `${url}/api/health does not answer as it should (${answer.status || "no answer"}: ` +
          `${answer.text.slice(0, 200)}). Look at the log with \`npx wrangler tail\`; if the address is ` +
          "new, wait a few minutes and run the same command again.",
      );
    }
    await sleep(ASK_EVERY_MS);
  }
}

async function ask(url: string, token: string | null) {
  const response = await fetch(url, {
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
    redirect: "manual",
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  return { status: response.status, text: await response.text() };
}

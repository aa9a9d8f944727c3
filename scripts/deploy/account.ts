import { ExpectedError } from "../expected-error.ts";
import { TOKEN_PERMISSIONS } from "./advice.ts";
import type { Journal } from "./journal.ts";
import { type Wrangler, WranglerError } from "./wrangler.ts";

interface Account {
  readonly id: string;
  readonly name: string;
}

interface WhoAmI {
  readonly loggedIn: boolean;
  readonly email?: string;
  readonly accounts?: readonly Account[];
}

/**
 * The account to deploy to: `CLOUDFLARE_ACCOUNT_ID`, or the login's only one. Without a login wrangler prompts for one
 * if there is a terminal.
 * @returns Its id; null in a dry run without a login, which shows the steps for an empty account.
 */
export async function chooseAccount(wrangler: Wrangler, journal: Journal): Promise<string | null> {
  let who = await whoAmI(wrangler);
  if (!who.loggedIn && !journal.isDryRun && process.stdin.isTTY) {
    await wrangler.change(["login"], { isInteractive: true });
    who = await whoAmI(wrangler);
  }
  if (!who.loggedIn) {
    if (journal.isDryRun) {
      journal.note("Not logged in: the steps are shown as for an account without anything.");
      return null;
    }
    throw new ExpectedError(
      "not logged in to Cloudflare. Run `npx wrangler login`, or set CLOUDFLARE_API_TOKEN to an API " +
        `token (https://dash.cloudflare.com/profile/api-tokens) with ${TOKEN_PERMISSIONS}.`,
    );
  }
  const accounts = who.accounts ?? [];
  const wanted = process.env.CLOUDFLARE_ACCOUNT_ID;
  const account = wanted ? findAccount(accounts, wanted) : onlyOf(accounts);
  if (account === undefined) {
    const list = accounts.map(({ id, name }) => `\n  ${id}  ${name}`).join("");
    throw new ExpectedError(
      wanted
        ? `CLOUDFLARE_ACCOUNT_ID ${wanted} is none of the login's accounts:${list}`
        : `set CLOUDFLARE_ACCOUNT_ID to one of the login's accounts:${list}`,
    );
  }
  journal.note(`${who.email ?? "API token"}, account ${account.name} (${account.id})`);
  wrangler.accountId = account.id;
  return account.id;
}

function findAccount(accounts: readonly Account[], id: string): Account | undefined {
  // A token may be for one account without the permission to list it.
  return accounts.length === 0 ? { id, name: id } : accounts.find((account) => account.id === id);
}

function onlyOf(accounts: readonly Account[]): Account | undefined {
  return accounts.length === 1 ? accounts[0] : undefined;
}

async function whoAmI(wrangler: Wrangler): Promise<WhoAmI> {
  try {
    return await wrangler.readJson<WhoAmI>(["whoami", "--json"]);
  } catch (error) {
    // Ends with an error if no one is logged in, but still prints its answer.
    if (error instanceof WranglerError && /"loggedIn":\s*false/.test(error.output)) {
      return { loggedIn: false };
    }
    throw error;
  }
}

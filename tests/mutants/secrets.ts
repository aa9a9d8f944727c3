import { faultsIn, type Mutant } from "./mutant.ts";

const seal = faultsIn("lib/crypto/seal.ts", ["lib/crypto/seal.test.ts"]);
const redact = faultsIn("lib/crypto/redact.ts", ["lib/crypto/redact.test.ts"]);
const mask = faultsIn("lib/crypto/mask-key.ts", ["lib/crypto/mask-key.test.ts"]);
const fingerprint = faultsIn("lib/crypto/fingerprint.ts", ["lib/crypto/fingerprint.test.ts"]);
const password = faultsIn("lib/crypto/hash-password.ts", ["lib/crypto/hash-password.test.ts"]);
const sign = faultsIn("lib/crypto/sign-text.ts", ["lib/crypto/sign-text.test.ts"]);
const browser = faultsIn("lib/auth/known-browser.ts", ["lib/auth/known-browser.test.ts"]);
const setUp = faultsIn("lib/auth/may-set-up.ts", ["lib/auth/may-set-up.test.ts"]);
const origin = faultsIn("lib/auth/same-origin.ts", ["lib/auth/same-origin.test.ts"]);
const admin = faultsIn("lib/auth/require-admin.ts", ["lib/auth/require-admin.test.ts"]);

/** Of lib/crypto and lib/auth. */
export const secretMutants: readonly Mutant[] = [
  seal("a seal opens in any row", "...(isBound && { additionalData: boundTo(place) }),", ""),
  seal("the provider is not bound", "provider, id]", "id]"),
  seal(
    "the secret before opens nothing",
    "[secrets.current, secrets.previous]",
    "[secrets.current]",
  ),
  redact("known secrets stay", "result.replaceAll(secret, maskKey(secret))", "result"),
  redact(
    "quoted addresses keep their key",
    "result.replaceAll(encodeURIComponent(secret), maskKey(secret))",
    "result",
  ),
  redact("keys by their form stay", ".replace(KEY_FORMS, HIDDEN)", ""),
  mask("more than a third is shown", "key.length / 3", "key.length / 2"),
  fingerprint("providers share keys", `\`\${provider}\\n\${key}\``, "key"),
  password("any password of nobody", "isEqual && stored !== null", "isEqual || stored === null"),
  password("costly hashes are worked out", "cost.logN > MAX_COST.logN ||", ""),
  sign("purposes are one", `encode(\`one-balance/v1/\${purpose}\`)`, 'encode("one-balance/v1")'),
  browser("known for ever", "if (ageS > KNOWN_BROWSER_MAX_AGE_S) return null;", ""),
  browser(
    "known for every account",
    "JSON.stringify([email, id, issuedS])",
    "JSON.stringify([id, issuedS])",
  ),
  setUp(
    "an empty secret is enough",
    "env.SETUP_TOKEN && (await isSame(secret, env.SETUP_TOKEN))",
    'await isSame(secret, env.SETUP_TOKEN ?? "")',
  ),
  origin("another site's page may post", 'site !== null && site !== "same-origin"', "false"),
  origin("any origin will do", "?.host === origin.host", "?.host !== undefined"),
  admin(
    "limited tokens are admins",
    "if (token.scopes !== null)",
    "if (token.scopes === undefined)",
  ),
  admin(
    "credentials never expire",
    "token.expiresAtMs <= nowMs",
    "token.expiresAtMs > nowMs + 1e15",
  ),
];

import { parseAuthKey } from "../../db/tokens/parse-auth-key";
import { type Env, VARIABLES } from "../../env";
import { parseHeaders } from "../../traces/receiver";
import { about, type Finding } from "./examination";

/** `openssl rand -base64 32` has 44; secrets that people think up are shorter. */
const SECRET_MIN_CHARS = 32;
const TOKEN_MIN_CHARS = 20;

export interface VariablesOf {
  readonly env: Env;
  /** A problem with a variable's value; null if all are valid. */
  readonly configProblem: string | null;
  /** What has no effect of the variables that say how people sign in. */
  readonly signInProblems: readonly string[];
}

const HOW = "make one with `openssl rand -base64 32`";

/** What the variables alone show. */
export function examineVariables(
  { env, configProblem, signInProblems }: VariablesOf,
  nowMs: number,
): Finding[] {
  return [
    secret(
      env.KEY_ENCRYPTION_SECRET,
      "encryption-secret",
      "KEY_ENCRYPTION_SECRET",
      "no key can be added or used",
    ),
    secret(env.AUTH_SECRET, "session-secret", "AUTH_SECRET", "no one can sign in"),
    adminCredential(env.AUTH_KEY ?? "", nowMs),
    ...values(env, configProblem, signInProblems),
  ];
}

function secret(
  value: string | undefined,
  check: "encryption-secret" | "session-secret",
  name: string,
  effect: string,
): Finding {
  const say = about(check);
  if (!value) return say.fault(`${name} is not set: ${effect}`, HOW);
  if (value.length < SECRET_MIN_CHARS) {
    const advice =
      check === "session-secret"
        ? `${HOW}; everyone has to sign in again`
        : `${HOW}, and change it as docs/operations.md says`;
    return say.warning(`${name} has ${value.length} characters and may be guessed`, advice);
  }
  return say.ok(`${name} is set`);
}

function adminCredential(authKey: string, nowMs: number): Finding {
  const say = about("admin-credential");
  const { definitions, problems } = parseAuthKey(authKey);
  const [problem] = problems;
  if (problem !== undefined) {
    return say.fault(`AUTH_KEY, ${problem}; it gives no access`, "see Access tokens in README.md");
  }
  const admins = definitions.filter(
    ({ scopes, expiresAtMs }) => scopes === null && (expiresAtMs ?? Infinity) > nowMs,
  );
  if (admins.length === 0) {
    return say.warning("AUTH_KEY has no token without restrictions: there is no admin token");
  }
  if (admins.some(({ text }) => text.length < TOKEN_MIN_CHARS)) {
    return say.warning("an admin token of AUTH_KEY is short and may be guessed", HOW);
  }
  return say.ok("AUTH_KEY has an admin token");
}

/** The platform's, and those of One Balance's own scripts. */
const OTHERS = /^(?:SETUP_TOKEN|NEXTJS_ENV|NODE_ENV|CF_.*|WORKERS_.*)$/;

function values(env: Env, problem: string | null, signInProblems: readonly string[]): Finding[] {
  const say = about("variables");
  const known: ReadonlySet<string> = new Set(VARIABLES);
  const unknown = Object.entries(env)
    .filter(([name, value]) => typeof value === "string" && !known.has(name) && !OTHERS.test(name))
    .map(([name]) => name);
  const findings = [
    ...unknown.map((name) =>
      say.warning(
        `${name} is set, but One Balance reads no variable of that name`,
        "look for a slip in it",
      ),
    ),
    ...traceProblems(env).map((words) => say.warning(words, "until then no traces are sent")),
    ...signInProblems.map((words) => say.warning(words, "until then it has no effect")),
  ];
  if (problem !== null) return [say.fault(problem, "until then no request is served"), ...findings];
  return findings.length > 0 ? findings : [say.ok("every variable can be used")];
}

function traceProblems({
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
  OTEL_EXPORTER_OTLP_HEADERS: headers = "",
}: Env): readonly string[] {
  if (!endpoint) return [];
  const isAddress = /^https?:\/\//.test(endpoint) && URL.canParse(endpoint);
  return [
    ...(isAddress ? [] : ["OTEL_EXPORTER_OTLP_ENDPOINT must be an http or https address"]),
    ...(parseHeaders(headers) === null
      ? ["OTEL_EXPORTER_OTLP_HEADERS must be name=value,name=value, with percent-encoded values"]
      : []),
  ];
}

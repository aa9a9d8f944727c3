import type { Env } from "../env";
import { accessTeam } from "./cloudflare-access";
import { parseGroupRoles } from "./group-roles";

/** Each service is offered only with all of its variables. */
const SERVICES = [
  ["GITHUB_ID", "GITHUB_SECRET"],
  ["GOOGLE_ID", "GOOGLE_SECRET"],
  ["OIDC_ISSUER", "OIDC_ID", "OIDC_SECRET"],
  ["ACCESS_TEAM", "ACCESS_AUD"],
] as const;

/** Roles that a service's variables give, and a variable of that service. */
const ROLES_BY = [
  ["OIDC_ROLES", "OIDC_ISSUER"],
  ["ACCESS_SERVICE_TOKENS", "ACCESS_TEAM"],
] as const;

/** What has no effect of the variables that say how people sign in. No value is repeated. */
export function signInProblems(env: Env): readonly string[] {
  return [
    ...SERVICES.flatMap((names) => {
      const missing = names.filter((name) => !env[name]);
      const given = names.filter((name) => env[name]);
      return missing.length === 0 || given.length === 0
        ? []
        : [`${given.join(" and ")} needs ${missing.join(" and ")} too`];
    }),
    ...(env.ACCESS_TEAM && env.ACCESS_AUD && accessTeam(env) === null
      ? ["ACCESS_TEAM must be a team's name or https address, and ACCESS_AUD an audience tag"]
      : []),
    ...ROLES_BY.flatMap(([roles, service]) =>
      env[roles] && !env[service] ? [`${roles} needs ${service} too`] : uselessEntries(env, roles),
    ),
  ];
}

function uselessEntries(env: Env, name: "OIDC_ROLES" | "ACCESS_SERVICE_TOKENS"): readonly string[] {
  return (env[name] ?? "")
    .split(";")
    .flatMap((entry, index) =>
      parseGroupRoles(entry)?.size === 0
        ? [`${name}, entry ${index + 1}: must be name=admin, name=member or name=viewer`]
        : [],
    );
}

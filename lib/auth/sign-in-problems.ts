import type { Env } from "../env";
import { accessTeam } from "./cloudflare-access";
import { parseGroupPlace } from "./group-places";
import { parseGroupRoles } from "./group-roles";
import { isSafeAddress } from "./issuer";

/** Each service is offered only with all of its variables. */
const SERVICES = [
  ["GITHUB_ID", "GITHUB_SECRET"],
  ["GOOGLE_ID", "GOOGLE_SECRET"],
  ["OIDC_ISSUER", "OIDC_ID", "OIDC_SECRET"],
  ["ACCESS_TEAM", "ACCESS_AUD"],
] as const;

/** Lists of entries, and a variable of the service that gives them. */
const ENTRIES_OF = [
  ["OIDC_ROLES", "OIDC_ISSUER"],
  ["OIDC_GROUPS", "OIDC_ISSUER"],
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
    ...(env.OIDC_ISSUER && !isSafeAddress(env.OIDC_ISSUER)
      ? ["OIDC_ISSUER must be an https address"]
      : []),
    ...ENTRIES_OF.flatMap(([entries, service]) =>
      env[entries] && !env[service]
        ? [`${entries} needs ${service} too`]
        : uselessEntries(env[entries], entries).map(
            ({ name, index, expected }) => `${name}, entry ${index}: must be ${expected}`,
          ),
    ),
  ];
}

interface UselessEntry<Name> {
  readonly name: Name;
  /** From 1. */
  readonly index: number;
  readonly expected: string;
}

type EntriesName = (typeof ENTRIES_OF)[number][0];

/** The entries that can't be read, of the text of a variable or a setting. */
export function uselessEntries<Name extends EntriesName>(
  text: string | undefined,
  name: Name,
): readonly UselessEntry<Name>[] {
  const isOfGroups = name === "OIDC_GROUPS";
  const expected = isOfGroups
    ? "name=group or name=group:admin"
    : "name=admin, name=member or name=viewer";
  return (text ?? "").split(";").flatMap((entry, at) => {
    if (entry.trim() === "") return [];
    const isRead = isOfGroups
      ? parseGroupPlace(entry) !== null
      : parseGroupRoles(entry)?.size !== 0;
    return isRead ? [] : [{ name, index: at + 1, expected }];
  });
}

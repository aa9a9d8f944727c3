import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseGroupRoles, roleOfGroups } from "./group-roles";
import { roleAllows } from "./member";

const of = (text: string, claim: unknown) => {
  const roles = parseGroupRoles(text);
  return roles === null ? "not set" : roleOfGroups(roles, claim);
};

describe("a role by groups", () => {
  test.each([
    ["admins=admin;engineering=member", ["engineering"], "member"],
    ["admins=admin;engineering=member", ["engineering", "admins"], "admin"],
    ["admins=admin;engineering=member", ["admins", "engineering"], "admin"],
    ["admins=admin;engineering=member", "admins", "admin"],
    ["admins=admin;engineering=member", ["sales"], null],
    ["admins=admin;engineering=member", undefined, null],
    ["admins=admin;engineering=member", { admins: true }, null],
    ["admins=admin;engineering=member", [7, null, ["admins"]], null],
    ["admins=admin; *=viewer", [], "viewer"],
    ["admins=admin; *=viewer", ["admins"], "admin"],
    ["CN=admins,DC=example=admin", ["CN=admins,DC=example"], "admin"],
    ["Admins=admin", ["admins"], null],
    ["admins=root;=admin;admin", ["admins", "", "admin"], null],
    ["constructor=member", ["__proto__", "toString"], null],
    [" ; ", ["admins"], "not set"],
    ["", ["admins"], "not set"],
  ])("%j and %j: %s", (text, claim, role) => {
    expect(of(text, claim)).toBe(role);
  });

  test("is the highest that any single group gives, in any order", () => {
    const names = fc.constantFrom("a", "b", "c", "*");
    const roles = fc.constantFrom("admin", "member", "viewer");
    fc.assert(
      fc.property(fc.array(fc.tuple(names, roles)), fc.array(names), (entries, groups) => {
        const text = entries.map(([group, role]) => `${group}=${role}`).join(";");
        const parsed = parseGroupRoles(text);
        if (parsed === null) return;
        const given = [...groups, "*"].flatMap((group) => parsed.get(group) ?? []);
        const role = roleOfGroups(parsed, groups);
        expect(role === null).toBe(given.length === 0);
        if (role !== null) expect(given.every((each) => roleAllows(role, each))).toBe(true);
        expect(roleOfGroups(parsed, groups.toReversed())).toBe(role);
      }),
    );
  });
});

/**
 * Which keys say what models a provider has. Accounts differ, and models of a group's account (fine-tuned ones,
 * deployments) are not named to anyone else: the list of the common keys and those of the groups' own keys are read and
 * stored separately.
 * @module
 */
import type { AccessToken, ModelList } from "../ports";
import type { RequestScope } from "../request-scope";

export interface ModelSource {
  /** Its list's name in the catalog: the provider's slug, for a group's own keys with the group's id. */
  readonly name: string;
  /** For requests that only these keys serve. */
  readonly scope: RequestScope;
}

/** A caller whose group decides which keys serve, and nothing else. */
const NO_ONE: AccessToken = {
  ...{ id: "", name: "", ownerId: null, scopes: null, expiresAtMs: null },
};

/** The sources that together know the models of a caller's keys: at most two. None if it has no key. */
export function modelSources(slug: string, scope: RequestScope): readonly ModelSource[] {
  const { caller, ...house } = scope;
  const { state } = scope.ports;
  const common: readonly ModelSource[] =
    state.pool(slug, undefined).size === 0
      ? []
      : [{ name: slug, scope: { ...house, caller: NO_ONE } }];
  // Without common keys, no one outside of the groups asks for the provider's models.
  if (caller === undefined) return common.length > 0 ? common : [{ name: slug, scope: house }];
  const { group } = caller;
  if (group === undefined) return common;
  const own = { ...group, usesCommonKeys: false };
  const ofGroup: readonly ModelSource[] =
    state.pool(slug, own).size === 0
      ? []
      : [
          {
            name: groupListName(slug, group.id),
            scope: { ...house, caller: { ...NO_ONE, group: own } },
          },
        ];
  return [...ofGroup, ...(group.usesCommonKeys ? common : [])];
}

/** No slug contains a space. */
function groupListName(slug: string, groupId: string): string {
  return `${slug} ${groupId}`;
}

/** What the sources' lists contain, each model once; null if none of them is known. */
export function joinedModels(lists: readonly (ModelList | null)[]): readonly string[] | null {
  const [first, ...others] = lists.filter((list) => list !== null);
  if (first === undefined) return null;
  if (others.length === 0) return first.models;
  return [...new Set([first, ...others].flatMap(({ models }) => models))];
}

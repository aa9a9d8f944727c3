import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import { type RequestNames, requestNamer } from "../request-names";
import { reachesToken } from "../tokens/token-reach";
import { exportRequests } from "./export-requests";
import { findRequest, type RequestStory } from "./find-request";
import { listRequests, type RequestItem } from "./list-requests";
import type { ListRequestsInput, RequestFilterInput } from "./usage-schemas";
import { scopeOf, scopeWithin, type UsageReader } from "./usage-scope";

export type { RequestNames };

export type NamedRequest = RequestItem & RequestNames;

export interface NamedRequestPage {
  /** Newest first. */
  readonly items: readonly NamedRequest[];
  /** See `RequestPage`. */
  readonly nextCursor: string | null;
}

/** The log as its reader may see it: members see their own requests, and those of a group of which they are an admin. */
export async function browseRequests(
  context: ManageContext,
  reader: UsageReader,
  input: ListRequestsInput,
): Promise<NamedRequestPage> {
  const { items, nextCursor } = await listRequests(context, await narrowed(context, reader, input));
  return { items: await requestNamer(context)(items), nextCursor };
}

/** As `exportRequests`, for what the reader may see. */
export async function* exportBrowsedRequests(
  context: ManageContext,
  reader: UsageReader,
  filter: RequestFilterInput,
  format: "csv" | "json",
): AsyncGenerator<string> {
  yield* exportRequests(context, await narrowed(context, reader, filter), format);
}

/** @throws {ManageError} `not_found` if the request isn't in the log, or the reader may not see it. */
export async function readRequestStory(
  context: ManageContext,
  reader: UsageReader,
  id: string,
): Promise<RequestStory & RequestNames> {
  const story = await findRequest(context, id);
  const scope = scopeOf(reader);
  const isOwn = scope === undefined || story.userId === scope;
  if (!isOwn && !(await reachesToken(context, reader, story.tokenId))) {
    throw new ManageError("not_found", "no such request in the log");
  }
  const [named] = await requestNamer(context)([story]);
  return { ...story, ...namesOf(named) };
}

/** The filter, narrowed to what the reader may see. */
export async function narrowed<Filter extends RequestFilterInput>(
  context: ManageContext,
  reader: UsageReader,
  filter: Filter,
): Promise<Filter> {
  const scope = await scopeWithin(context, reader, filter.group);
  return scope === undefined ? filter : { ...filter, user: scope };
}

function namesOf(named: RequestNames | undefined): RequestNames {
  const { tokenName = null, userName = null, maskedKey = null } = named ?? {};
  return { tokenName, userName, maskedKey };
}

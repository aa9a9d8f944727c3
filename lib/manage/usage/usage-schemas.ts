/**
 * Input of the verbs that read usage, as a query string or as JSON.
 * @module
 */
import { z } from "zod";
import { LISTED_FIELDS, type RequestLists } from "../../db/usage/request-log";
import { parseTagMatches } from "../../tags/tag-text";
import { OUTCOMES } from "../../usage/types";
import { isTagGroup, oneTag } from "./tag-question";

export { LISTED_FIELDS, type RequestLists };

const name = z.string().trim().min(1).max(200);
const outcome = z.enum(OUTCOMES);

/** A query string has digits, not numbers. */
const time = z
  .union([
    z.coerce.number().pipe(z.int().min(0)),
    z.iso.datetime({ offset: true }).transform(Date.parse),
    z.iso.date().transform(Date.parse),
  ])
  .meta({ description: "ISO 8601 or epoch milliseconds" });

const tags = z.string().transform((text, context) => {
  const matches = parseTagMatches(text);
  if (matches !== null) return matches;
  context.addIssue({
    code: "custom",
    message: "expected name=value, or names, separated by commas",
  });
  return z.NEVER;
});

const scope = z.strictObject({
  from: time.optional(),
  to: time.optional().meta({ description: "Not included" }),
  provider: name.optional(),
  model: name.optional(),
  key: name.optional().meta({ description: "Id of a provider key" }),
  token: name.optional().meta({ description: "Id of an access token" }),
  user: name.optional().meta({ description: "Id of a member" }),
  outcome: outcome.optional(),
  tags: tags.optional().meta({
    description: "`customer=acme,feature=rag`: all of them; a name alone for any value",
  }),
});

export const readUsageInput = scope.extend({
  bucket: z.enum(["hour", "day"]).default("day").meta({
    description: "Hours of UTC; days begin at the time of day that `from` says",
  }),
  groupBy: z
    .union([
      z.enum(["provider", "model", "key", "token", "user", "group", "outcome"]),
      z.templateLiteral(["tag:", z.string()]).refine(isTagGroup, "no name of a tag"),
    ])
    .default("provider")
    .meta({
      description:
        "Keys, tokens, users and groups are named by id; a group has the usage of its tokens. `tag:customer` groups by a tag that usage is counted by; requests without it have no name",
    }),
  tags: tags
    .refine((matches) => oneTag(matches) !== undefined, "expected one name=value")
    .optional()
    .meta({
      description:
        "`customer=acme`: one tag that usage is counted by; not together with keys and tokens",
    }),
});
export type ReadUsageInput = z.output<typeof readUsageInput>;

export const requestFilterInput = scope.extend({
  group: name.optional().meta({ description: "Id of a group: requests with its tokens" }),
  status: z.coerce.number().pipe(z.int().min(100).max(599)).optional(),
  minDurationMs: z.coerce.number().pipe(z.int().min(0)).optional(),
  q: name.optional().meta({
    description: "A request's id, a status, or part of an error code or of a provider's message",
  }),
  retried: z.stringbool().optional().meta({ description: "Took more than one attempt" }),
});
/** The portal's has lists too. */
export type RequestFilterInput = z.output<typeof requestFilterInput> & {
  readonly lists?: RequestLists | undefined;
};

export const listRequestsInput = requestFilterInput.extend({
  limit: z.coerce.number().pipe(z.int().min(1).max(500)).default(100),
  cursor: z.string().optional(),
  after: name.optional().meta({ description: "Id of a request: only newer ones" }),
  format: z.enum(["json", "csv"]).default("json").meta({
    description: "csv: all that match, as a file; limit and cursor are ignored",
  }),
});
export type ListRequestsInput = z.output<typeof listRequestsInput> &
  Pick<RequestFilterInput, "lists">;

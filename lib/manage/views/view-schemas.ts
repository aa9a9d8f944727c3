/**
 * Input of the verbs for saved views.
 * @module
 */
import { z } from "zod";
import { readFields } from "../assert-unchanged";
import { atLeastOneField } from "../at-least-one-field";
import { hasViews, MOST_NAME_CHARS } from "./view-address";

const MOST_QUERY_CHARS = 4_000;

const id = z.string().max(40);
const path = z.string().refine(hasViews, "not a page that has views");
const name = z.string().trim().min(1).max(MOST_NAME_CHARS);
const query = z.string().min(1).max(MOST_QUERY_CHARS);

export const saveViewInput = z.strictObject({
  path,
  name,
  query,
  isShared: z.boolean(),
});
export type SaveViewInput = z.output<typeof saveViewInput>;

export const viewChanges = z
  .strictObject({
    name: name.optional(),
    query: query.optional(),
    isShared: z.boolean().optional(),
  })
  .refine(atLeastOneField, "nothing to change");
export type ViewChanges = z.output<typeof viewChanges>;

export const changeViewInput = z.strictObject({ id, changes: viewChanges, was: readFields });

export const removeViewInput = z.strictObject({ id });

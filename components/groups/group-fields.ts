/**
 * A group's settings as a form has them.
 * @module
 */
import { z } from "zod";
import type { GroupItem } from "@/lib/manage/groups/list-groups";

export const groupFields = z.object({
  name: z.string().trim().min(1).max(200),
  usesCommonKeys: z.boolean(),
  /** 1 to 100. */
  weight: z.string().regex(/^(?:[1-9]\d?|100)$/),
});
export type GroupFields = z.output<typeof groupFields>;

/** What the verbs take. */
export type GroupSettings = Pick<GroupItem, "name" | "usesCommonKeys" | "weight">;

export function toFields({ name, usesCommonKeys, weight }: GroupSettings): GroupFields {
  return { name, usesCommonKeys, weight: String(weight) };
}

export function toSettings({ name, usesCommonKeys, weight }: GroupFields): GroupSettings {
  return { name: name.trim(), usesCommonKeys, weight: Number(weight) };
}

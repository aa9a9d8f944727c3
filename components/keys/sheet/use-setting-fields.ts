"use client";

import { useKeyGroups } from "../groups/key-groups";
import { SETTING_FIELDS, type SettingField } from "./settings-form";

/** The settings that the reader can change: whom a key serves only if there are groups. */
export function useSettingFields(): readonly SettingField[] {
  const hasGroups = useKeyGroups().length > 0;
  return SETTING_FIELDS.filter((field) => field !== "groups" || hasGroups);
}

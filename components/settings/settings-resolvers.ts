/**
 * Checks of the settings' forms. Imported when a form is first checked: zod is no small part of a page.
 * @module
 */
import { zodResolver } from "@hookform/resolvers/zod";
import {
  alertsInput,
  meteringInput,
  pricesInput,
  retentionInput,
} from "@/lib/manage/settings-schema";

export const retentionResolver = zodResolver(retentionInput);
export const alertsResolver = zodResolver(alertsInput);
export const meteringResolver = zodResolver(meteringInput);
export const pricesResolver = zodResolver(pricesInput);

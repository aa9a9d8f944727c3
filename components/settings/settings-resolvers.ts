/**
 * Checks of the settings' forms. Imported when a form is first checked: zod is no small part of a page.
 * @module
 */
import { zodResolver } from "@hookform/resolvers/zod";
import { meteringInput, pricesInput, retentionInput } from "@/lib/manage/settings-schema";

export const retentionResolver = zodResolver(retentionInput);
export const meteringResolver = zodResolver(meteringInput);
export const pricesResolver = zodResolver(pricesInput);

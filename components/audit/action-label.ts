import type { useTranslations } from "next-intl";

type Translate = ReturnType<typeof useTranslations<"audit">>;

/** An action such as `member.change-role` in words; as it is where there are none for it. */
export function actionLabel(t: Translate, action: string): string {
  // Actions are data, which the types of the texts cannot know.
  const key = `actions.${action}` as "actions.member.join";
  return t.has(key) ? t(key) : action;
}

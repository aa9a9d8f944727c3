import type { useTranslations } from "next-intl";

type Translate = ReturnType<typeof useTranslations<"audit">>;

/** The label of an action such as `member.change-role`; unchanged if there is none. */
export function actionLabel(t: Translate, action: string): string {
  // Actions are data, which the types of the messages can't know.
  const key = `actions.${action}` as "actions.member.join";
  return t.has(key) ? t(key) : action;
}

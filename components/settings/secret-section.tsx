import { getTranslations } from "next-intl/server";
import { readSealState } from "@/lib/manage/keys/read-seal-state";
import type { ManageContext } from "@/lib/manage/manage-context";
import { ResealKeys } from "./backup/reseal-keys";
import { SettingsSection } from "./settings-section";

/** Which secret encrypts the provider keys, and how to change it. */
export async function SecretSection({ context }: { readonly context: ManageContext }) {
  const [t, state] = await Promise.all([
    getTranslations("settings.secret"),
    readSealState(context),
  ]);
  return (
    <SettingsSection id="secret" title={t("title")} description={t("description")}>
      {state === null ? (
        <p className="text-sm">{t("none")}</p>
      ) : (
        <div className="space-y-3">
          {state.previous === null ? (
            <p className="text-sm">{t("current", { count: state.current })}</p>
          ) : (
            <ResealKeys state={{ ...state, previous: state.previous }} />
          )}
          {state.others > 0 && (
            <p className="text-cooling text-sm">{t("others", { count: state.others })}</p>
          )}
        </div>
      )}
    </SettingsSection>
  );
}

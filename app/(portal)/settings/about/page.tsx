import { Check, Minus } from "lucide-react";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { portalRead } from "@/app/portal-read";
import { SettingsSection } from "@/components/settings/settings-section";
import { VARIABLES } from "@/lib/env";
import { buildVersion } from "@/lib/runtime/build-version";
import { version } from "@/package.json";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("shell.pages.settings");
  return { title: t("about") };
}

/** What runs here, and which variables its environment sets: names only. */
export default async function AboutPage() {
  const { env } = await portalRead("admin");
  const t = await getTranslations("settings.about");
  return (
    <>
      <SettingsSection id="about" title={t("title")}>
        <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-2 text-sm">
          <dt className="text-muted-foreground">{t("version")}</dt>
          <dd className="font-mono">{buildVersion ?? version}</dd>
          <dt className="text-muted-foreground">{t("portal")}</dt>
          <dd>{t(env.PORTAL === undefined ? "portalWorker" : "portalObject")}</dd>
          <dt className="text-muted-foreground">{t("api")}</dt>
          <dd>
            <a href="/api/openapi.json" className="underline underline-offset-4">
              {t("apiHint")}
            </a>
          </dd>
        </dl>
      </SettingsSection>
      <SettingsSection
        id="environment"
        title={t("environment")}
        description={t("environmentDescription")}
      >
        <ul className="divide-y rounded-lg border">
          {VARIABLES.map((name) => {
            const isSet = Boolean(env[name]);
            return (
              <li key={name} className="flex items-center gap-4 px-4 py-2.5 text-sm">
                <div className="min-w-0 flex-1">
                  <p className="font-mono text-xs break-words">{name}</p>
                  <p className="text-muted-foreground">{t(`variables.${name}`)}</p>
                </div>
                <p
                  className={
                    isSet
                      ? "flex items-center gap-1.5"
                      : "text-muted-foreground flex items-center gap-1.5"
                  }
                >
                  {isSet ? (
                    <Check aria-hidden className="size-4" />
                  ) : (
                    <Minus aria-hidden className="size-4" />
                  )}
                  {isSet ? t("set") : t("notSet")}
                </p>
              </li>
            );
          })}
        </ul>
      </SettingsSection>
    </>
  );
}

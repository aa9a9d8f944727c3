import type { Metadata } from "next";
import { headers } from "next/headers";
import { getTranslations } from "next-intl/server";
import { portalRead } from "@/app/portal-read";
import { SettingsSection } from "@/components/settings/settings-section";
import { TraceTest } from "@/components/settings/traces/trace-test";
import { TracesForm } from "@/components/settings/traces/traces-form";
import { readTraceSettings } from "@/lib/manage/settings/trace-settings";
import { liveTraces } from "@/lib/runtime/live-figures";
import { traceDeployment } from "@/lib/runtime/traces";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("shell.pages.settings");
  return { title: t("traces") };
}

/** Where traces go, and what became of those of the isolate that answers. */
export default async function TracesPage() {
  const { context, env } = await portalRead("admin");
  const [t, settings, asked] = await Promise.all([
    getTranslations("settings.traces"),
    readTraceSettings(context, traceDeployment(env)),
    headers(),
  ]);
  const { sent, dropped, waiting, problem } = liveTraces(asked, env);
  const isOn = settings.endpoint !== "";
  return (
    <>
      <SettingsSection id="receiver" title={t("title")} description={t("description")}>
        <div className="space-y-5">
          {settings.isByVariable ? (
            <p className="text-sm break-words">
              {t("byVariable", { endpoint: settings.endpoint })}
            </p>
          ) : (
            <TracesForm settings={settings} />
          )}
          {isOn && <TraceTest />}
        </div>
      </SettingsSection>
      {isOn && (
        <SettingsSection id="sent" title={t("sent")} description={t("sentDescription")}>
          <dl className="grid max-w-prose grid-cols-[auto_1fr] gap-x-6 gap-y-1.5 text-sm">
            {(
              [
                ["taken", sent],
                ["waiting", waiting],
                ["dropped", dropped],
              ] as const
            ).map(([name, count]) => (
              <div key={name} className="contents">
                <dt className="text-muted-foreground">{t(`figures.${name}`)}</dt>
                <dd data-figure className="tabular-nums">
                  {t("count", { count })}
                </dd>
              </div>
            ))}
          </dl>
          {problem !== null && (
            <p className="text-blocked mt-3 max-w-prose text-sm break-words">
              {t("problem", { problem })}
            </p>
          )}
        </SettingsSection>
      )}
    </>
  );
}
